package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.ProbabilisticSampler;
import dev.spanthrift.agent.collector.tail.TailSampling;
import dev.spanthrift.agent.config.settings.Values;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.DecisionMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Reads the processors {@code tail_sampling} and {@code probabilistic_sampler}. */
final class SamplerReader {
  private static final long DECISION_WAIT_SECONDS = 30; // defaults of the Collector
  private static final long NUM_TRACES = 50_000;
  private final Remarks remarks;
  private final CollectorVersion version;
  private final boolean writable;
  private final Set<String> extensions;

  /**
   * A reader.
   *
   * @param extensions that are defined, whose types policies may have
   */
  SamplerReader(
      Remarks remarks, CollectorVersion version, boolean writable, Set<String> extensions) {
    this.remarks = remarks;
    this.extensions = extensions;
    this.version = version;
    this.writable = writable;
  }

  TailSampling tail(Place at) {
    sayWhatDiffers(at);
    return new TailSampling(
        policies(at.child("policies")),
        at.child("sample_on_first_match").flag(false),
        at.child("maximum_trace_size_bytes").whole(0),
        version);
  }

  private void sayWhatDiffers(Place at) {
    if (at.child("maximum_trace_size_bytes").whole(0) > 0) {
      remarks.differs(
          at.child("maximum_trace_size_bytes"),
          "compares the bytes of spans, without those of resource and scope around them");
    }
    Place waiting = at.child("num_traces");
    String text =
        "when "
            + waiting.whole(NUM_TRACES)
            + " traces wait, the oldest is decided early rather than let go undecided";
    if (writable && waiting.given()) {
      remarks.differs(waiting, text);
    } else if (writable) {
      remarks.note(at, text);
    }
    sayWhatIsRemembered(at, waiting.whole(NUM_TRACES));
  }

  /** The Collector keeps kept and dropped apart, and without a cache what num_traces holds. */
  private void sayWhatIsRemembered(Place at, long traces) {
    Place cache = at.child("decision_cache");
    long kept = cache.child("sampled_cache_size").whole(0);
    long dropped = cache.child("non_sampled_cache_size").whole(0);
    long most = Math.max(traces, Math.max(kept, dropped));
    for (String key : List.of("sampled_cache_size", "non_sampled_cache_size")) {
      if (cache.child(key).given() && cache.child(key).whole(0) != most) {
        remarks.note(
            cache.child(key), "one memory of " + most + " decisions, kept and dropped together");
      }
    }
  }

  private List<TailSampling.Named> policies(Place at) {
    List<TailSampling.Named> policies = new ArrayList<>();
    Set<String> names = new HashSet<>();
    PolicyReader reader = new PolicyReader(remarks, writable, extensions);
    for (Place element : at.elements()) {
      String name = element.child("name").text("");
      if (name.isEmpty() || !names.add(name)) {
        remarks.wrong(element.child("name"), "a name of its own for each policy");
      }
      reader.read(element).ifPresent(p -> policies.add(new TailSampling.Named(name, p)));
    }
    return policies;
  }

  /** The wait of the traces, their number, and what is remembered of them. */
  static void hold(Place at, Map<String, Object> hold, Map<String, Object> memory) {
    long wait = at.child("decision_wait").nanos(TimeUnit.SECONDS.toNanos(DECISION_WAIT_SECONDS));
    hold.put(
        "decisionWait",
        Values.text(Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), wait))));
    long traces = at.child("num_traces").whole(NUM_TRACES);
    hold.put("tracesMax", Math.clamp(traces, 1, 100_000_000));
    Place cache = at.child("decision_cache");
    long remembered =
        Math.max(
            traces,
            Math.max(
                cache.child("sampled_cache_size").whole(0),
                cache.child("non_sampled_cache_size").whole(0)));
    memory.put("tracesMax", Math.clamp(remembered, 1, DecisionMemory.TRACES_MAX));
  }

  ProbabilisticSampler probabilistic(Place at) {
    ProbabilisticSampler.Mode mode =
        switch (at.child("mode").text("")) {
          case "equalizing" -> ProbabilisticSampler.Mode.EQUALIZING;
          case "proportional" -> ProbabilisticSampler.Mode.PROPORTIONAL;
          case "hash_seed", "" -> ProbabilisticSampler.Mode.HASH_SEED;
          default -> ProbabilisticSampler.Mode.HASH_SEED; // which was said
        };
    if (writable) {
      remarks.differs(at, "sampling.priority of single spans is not asked for by policies");
    }
    ofLogsOnly(at);
    return new ProbabilisticSampler(
        mode,
        percentage(at.child("sampling_percentage")),
        seed(at.child("hash_seed")),
        at.child("fail_closed").flag(true),
        precision(at.child("sampling_precision")));
  }

  private float percentage(Place at) {
    double percentage = at.number(0);
    boolean some =
        percentage / 100 >= ProbabilisticSampler.SMALLEST && !Double.isInfinite(percentage);
    if (percentage != 0 && !some) {
      remarks.wrong(at, "a percentage, 0 or at least 1.4e-15");
      return 0;
    }
    return (float) percentage;
  }

  private int seed(Place at) {
    long seed = at.whole(0);
    if (seed < 0 || seed > 0xffffffffL) {
      remarks.wrong(at, "a number from 0 to 4294967295");
    }
    return (int) seed;
  }

  private int precision(Place at) {
    long digits = at.whole(ProbabilisticSampler.PRECISION_DEFAULT);
    if (digits < 1 || digits > Threshold.DIGITS) {
      remarks.wrong(at, "a number of hexadecimal digits, from 1 to 14");
      return ProbabilisticSampler.PRECISION_DEFAULT;
    }
    return (int) digits;
  }

  /** Of these the Collector's sampler of traces takes no notice. */
  private void ofLogsOnly(Place at) {
    Place source = at.child("attribute_source");
    if (source.given() && !Set.of("traceID", "record").contains(source.text(""))) {
      remarks.wrong(source, "traceID or record");
    }
    for (String key : List.of("attribute_source", "from_attribute", "sampling_priority")) {
      if (at.child(key).given()) {
        remarks.note(at.child(key), "is of logs only, as in the Collector");
      }
    }
  }
}
