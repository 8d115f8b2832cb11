package dev.spanthrift.sampler.trace;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long fragments wait, and how much may wait.
 *
 * @param pause silence after the local root has ended, before the fragment is due
 * @param deadline silence after which a fragment is due although no local root was seen
 * @param ageMax a fragment is due at this age, whatever still arrives
 * @param decisionWait when set, a fragment is due exactly this long after its first span, as in the
 *     Collector; pause, deadline and ageMax are then not used
 * @param bytesMax memory of all that waits; above it the oldest fragments are decided early
 * @param rawBytesMax how much may wait uncompressed
 * @param tracesMax fragments at once; above it the oldest are decided early
 */
public record HoldSettings(
    Duration pause,
    Duration deadline,
    Duration ageMax,
    @Nullable Duration decisionWait,
    long bytesMax,
    long rawBytesMax,
    int tracesMax) {

  public static final HoldSettings DEFAULT =
      new HoldSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          null,
          64L << 20,
          8L << 20,
          1 << 20);

  public HoldSettings {
    requirePositive("pause", pause);
    requirePositive("deadline", deadline);
    requirePositive("ageMax", ageMax);
    if (decisionWait != null) {
      requirePositive("decisionWait", decisionWait);
    }
    if (bytesMax < 1 << 20) {
      throw new IllegalArgumentException("bytesMax " + bytesMax + ": at least 1 MiB");
    }
    if (rawBytesMax < 0 || tracesMax < 1) {
      throw new IllegalArgumentException("rawBytesMax and tracesMax must be positive");
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(name + " " + value + ": between 0 and 1 h");
    }
  }

  public HoldSettings withDecisionWait(Duration wait) {
    return new HoldSettings(pause, deadline, ageMax, wait, bytesMax, rawBytesMax, tracesMax);
  }
}
