package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.pipeline.PipelineStatus.Identity;
import dev.spanthrift.agent.pipeline.PipelineStatus.Offers;
import dev.spanthrift.agent.pipeline.PipelineStatus.Shipping;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.LearnedCounts;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;

/** A status with figures set by hand; what a test does not name is nothing. */
public final class MadeStatus {
  private MadeStatus() {}

  public static SamplerCounts spans(
      SamplerCounts.Received received,
      SamplerCounts.Held held,
      SamplerCounts.Fate kept,
      SamplerCounts.Fate dropped) {
    return spans(received, held, kept, dropped, SpanContents.NONE);
  }

  public static SamplerCounts spans(
      SamplerCounts.Received received,
      SamplerCounts.Held held,
      SamplerCounts.Fate kept,
      SamplerCounts.Fate dropped,
      SpanContents contents) {
    SamplerCounts.Ids ids = new SamplerCounts.Ids(0, 0);
    SamplerCounts.Overflow bounds = new SamplerCounts.Overflow(0, 0);
    return new SamplerCounts(received, held, kept, dropped, 0, 0, bounds, contents, Map.of(), ids);
  }

  public static PipelineStatus status(
      long startedUnixMillis,
      long nowUnixMillis,
      Map<Signal, Offers> signals,
      SamplerCounts spans,
      Shipping shipping,
      List<DestinationStatus> destinations,
      List<Identity> identities) {
    return new PipelineStatus(
        startedUnixMillis,
        nowUnixMillis,
        signals,
        spans,
        shipping,
        PipelineStatus.Learned.of(LearnedCounts.NONE, 0),
        destinations,
        identities);
  }
}
