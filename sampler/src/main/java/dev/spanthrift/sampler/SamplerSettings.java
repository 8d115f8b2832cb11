package dev.spanthrift.sampler;

import dev.spanthrift.sampler.trace.HoldSettings;

/**
 * Settings of the sampler's door.
 *
 * @param hold how long fragments wait and how much may
 * @param tracesRemembered decisions kept for late spans; about 80 bytes each
 * @param stampAlways write {@code th:0} on spans kept with probability 1
 * @param precision hex digits of written thresholds, 1 to 14
 * @param randomness where a trace's randomness comes from
 */
public record SamplerSettings(
    HoldSettings hold,
    int tracesRemembered,
    boolean stampAlways,
    int precision,
    RandomnessSource randomness) {
  public static final SamplerSettings DEFAULT =
      new SamplerSettings(HoldSettings.DEFAULT, 50_000, false, 4);

  /** With randomness as the specification has it. */
  public SamplerSettings(
      HoldSettings hold, int tracesRemembered, boolean stampAlways, int precision) {
    this(hold, tracesRemembered, stampAlways, precision, RandomnessSource.TRACE_ID);
  }

  public SamplerSettings {
    if (precision < 1 || precision > 14) {
      throw new IllegalArgumentException("precision " + precision + ": 1 to 14");
    }
  }
}
