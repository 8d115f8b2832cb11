package dev.spanthrift.agent;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import java.util.Locale;
import java.util.Map;

/** The last line of a run: where all spans went. */
final class EndWords {
  private EndWords() {}

  static String of(PipelineStatus status) {
    SamplerCounts spans = status.spans();
    PipelineStatus.Shipping shipping = status.shipping();
    Map<String, Long> failures = shipping.failedByReason();
    String failed = failures.isEmpty() ? ", none failed" : list(", failed: ", failures);
    return String.format(
        Locale.ROOT,
        "%,d spans received, %,d kept, %,d dropped, %,d still held; %,d shipped, %,d still"
            + " queued%s",
        spans.received().spans(),
        spans.kept().spans(),
        spans.dropped().spans(),
        spans.held().spans(),
        shipping.shipped(),
        shipping.queued(),
        failed);
  }

  /** Before the end, for whoever reads the last words of a process that was killed. */
  static String atStake(PipelineStatus status) {
    return String.format(
        Locale.ROOT,
        "%,d spans are still to be sent, and %,d to be decided: lost if this process is killed now",
        status.shipping().queued(),
        status.spans().held().spans());
  }

  private static String list(String before, Map<String, Long> counts) {
    StringBuilder text = new StringBuilder();
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry ->
                text.append(text.isEmpty() ? before : ", ")
                    .append(String.format(Locale.ROOT, "%,d ", entry.getValue()))
                    .append(entry.getKey()));
    return text.toString();
  }
}
