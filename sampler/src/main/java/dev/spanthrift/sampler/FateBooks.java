package dev.spanthrift.sampler;

/** Counts the fate of every span, once, and tells it to who listens. */
final class FateBooks {
  private final SamplerCounts.Counters counters;
  private Fates listener = Fates.UNSEEN;

  FateBooks(SamplerCounts.Counters counters) {
    this.counters = counters;
  }

  void tell(Fates newListener) {
    listener = newListener;
  }

  void decided(long high, long low, double probability) {
    listener.decided(high, low, probability);
  }

  void kept(long high, long low, int spans, long bytes, long events, String reason) {
    counters.kept.add(reason, spans, bytes);
    counters.keptEvents += events;
    listener.kept(high, low, spans, bytes, reason);
  }

  void dropped(long high, long low, int spans, long bytes, long events, String reason) {
    counters.dropped.add(reason, spans, bytes);
    counters.droppedEvents += events;
    listener.dropped(high, low, spans, bytes, reason);
  }
}
