package dev.spanthrift.agent.money;

import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Traffic;

/**
 * What was decided since the start; what still waits for that is neither spent nor saved.
 *
 * @param all kept or not
 */
record DecidedTraffic(Traffic all, Traffic kept) {
  static final DecidedTraffic NONE = new DecidedTraffic(Traffic.NONE, Traffic.NONE);

  private static final double SPANS_PER_TRACE = 20; // where no trace begins here

  static DecidedTraffic of(SamplerCounts spans) {
    SpanContents contents = spans.contents();
    long roots = spans.received().roots();
    double perTrace = roots > 0 ? (double) spans.received().spans() / roots : SPANS_PER_TRACE;
    SamplerCounts.Fate keeps = spans.kept();
    SamplerCounts.Fate drops = spans.dropped();
    return new DecidedTraffic(
        traffic(
            keeps.bytes() + drops.bytes(),
            keeps.spans() + drops.spans(),
            contents.keptEvents() + contents.droppedEvents(),
            perTrace),
        traffic(keeps.bytes(), keeps.spans(), contents.keptEvents(), perTrace));
  }

  private static Traffic traffic(long bytes, long spans, long events, double spansPerTrace) {
    return new Traffic(bytes, spans, events, (long) (spans / spansPerTrace));
  }

  /** Counts there what was decided after this and until then. */
  void countUntil(DecidedTraffic then, Purse purse) {
    Traffic more = then.all.since(all);
    purse.received(more.bytes(), more.spans(), more.events(), more.traces());
    Traffic moreKept = then.kept.since(kept);
    purse.kept(moreKept.bytes(), moreKept.spans(), moreKept.events(), moreKept.traces());
  }
}
