package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Joins what door, sampler and destinations count, and writes the laws L1 to L3 (docs/specs.md)
 * down.
 */
final class StatusReader {
  private StatusReader() {}

  static PipelineStatus read(
      long startedUnixMillis,
      Map<Signal, PipelineStatus.Offers> doors,
      SamplerCounts counts,
      long stamped,
      PipelineStatus.Learned learned,
      Outlet outlet) {
    List<DestinationStatus> destinations = outlet.status();
    PipelineStatus.Shipping shipping =
        shipping(stamped, outlet, outlet.first(Signal.TRACES, destinations));
    return new PipelineStatus(
        startedUnixMillis,
        System.currentTimeMillis(),
        doors,
        counts,
        shipping,
        learned,
        destinations,
        identities(doors, counts, shipping, outlet, destinations));
  }

  private static PipelineStatus.Shipping shipping(
      long stamped, Outlet outlet, DestinationStatus.@Nullable Counts traces) {
    Map<String, Long> failed = new TreeMap<>();
    long shipped = 0;
    long queued = stamped;
    if (traces != null) {
      failed.putAll(traces.failed());
      shipped = traces.shipped();
      queued += traces.queued();
    }
    outlet
        .overflowed(Signal.TRACES)
        .forEach((reason, spans) -> failed.merge(reason, spans, Long::sum));
    long unrouted = outlet.unrouted(Signal.TRACES);
    if (unrouted > 0) {
      failed.put(Outlet.NO_DESTINATION, unrouted);
    }
    return new PipelineStatus.Shipping(shipped, queued, failed);
  }

  private static List<PipelineStatus.Identity> identities(
      Map<Signal, PipelineStatus.Offers> doors,
      SamplerCounts spans,
      PipelineStatus.Shipping shipping,
      Outlet outlet,
      List<DestinationStatus> destinations) {
    List<PipelineStatus.Identity> laws = new ArrayList<>();
    doors.forEach(
        (signal, door) -> {
          laws.add(
              law(
                  signal + " requests: offered = refused + received + under way",
                  door.offered(),
                  sum(door.refused()) + door.received() + door.underWay()));
          if (signal != Signal.TRACES) {
            laws.add(passed(signal, door, outlet.first(signal, destinations)));
          }
        });
    SamplerCounts.Fate kept = spans.kept();
    SamplerCounts.Fate dropped = spans.dropped();
    laws.add(
        law(
            "spans: received = held + kept + dropped",
            spans.received().spans(),
            spans.held().spans() + kept.spans() + dropped.spans()));
    laws.add(
        law(
            "spans: kept = shipped + queued + failed",
            kept.spans(),
            shipping.shipped() + shipping.queued() + sum(shipping.failedByReason())));
    laws.add(law("spans: kept = sum by reason", kept.spans(), sum(kept.byReason())));
    laws.add(law("spans: dropped = sum by reason", dropped.spans(), sum(dropped.byReason())));
    return laws;
  }

  private static PipelineStatus.Identity passed(
      Signal signal, PipelineStatus.Offers door, DestinationStatus.@Nullable Counts first) {
    long passed = first == null ? 0 : first.shipped() + first.queued() + sum(first.failed());
    return law(
        signal + " requests: received = shipped + queued + failed + let go",
        door.received(),
        passed + door.letGo());
  }

  private static PipelineStatus.Identity law(String law, long left, long right) {
    return new PipelineStatus.Identity(law, left, right);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
