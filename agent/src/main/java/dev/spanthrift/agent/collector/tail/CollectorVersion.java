package dev.spanthrift.agent.collector.tail;

/**
 * The Collector (contrib) whose semantics hold, where versions differ.
 *
 * @param minor of version 0.minor
 */
public record CollectorVersion(int minor) {
  /** The one that the corpus of expected decisions was checked against. */
  public static final CollectorVersion NEWEST = new CollectorVersion(161);

  public CollectorVersion {
    if (minor < 0) {
      throw new IllegalArgumentException("version 0." + minor);
    }
  }

  /** {@code 0.150}, {@code v0.150.0} or {@code 150}. */
  public static CollectorVersion parse(String text) {
    String digits = text.replaceFirst("^v", "").replaceFirst("^0\\.", "").replaceFirst("\\..*", "");
    if (!digits.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(text + ": write a version such as 0.150.0");
    }
    return new CollectorVersion(Integer.parseInt(digits));
  }

  /** A latency of exactly the threshold is Sampled. */
  boolean latencyIncludesThreshold() {
    return minor < 157;
  }

  /** Inverted policies have votes of their own, that go before Sampled. */
  boolean invertedVotes() {
    return minor < 144;
  }

  /** rate_limiting is a counter for each second, not yet a token bucket. */
  boolean countsEachSecond() {
    return minor < 153;
  }
}
