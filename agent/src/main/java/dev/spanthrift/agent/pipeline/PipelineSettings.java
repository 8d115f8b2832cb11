package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.SamplerSettings;
import java.time.Duration;

/**
 * Settings of the pipeline.
 *
 * @param sampler settings of the sampler's door
 * @param spansPerRequestMax above it a request is refused as malformed: sending it again would not
 *     help
 * @param batchBytes a request of kept spans leaves when it has this size
 * @param batchDelay or when its first span is this old
 * @param tick how often what waits is looked at, while it is much
 */
public record PipelineSettings(
    SamplerSettings sampler,
    int spansPerRequestMax,
    int batchBytes,
    Duration batchDelay,
    Duration tick,
    boolean shadow) {
  public static final PipelineSettings DEFAULT =
      new PipelineSettings(
          SamplerSettings.DEFAULT,
          131_072,
          512 * 1024,
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          false);
}
