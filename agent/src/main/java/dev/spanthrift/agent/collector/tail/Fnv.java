package dev.spanthrift.agent.collector.tail;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * The Collector's draws: FNV-1a over a salt or seed and the sixteen bytes of the trace id.
 *
 * <p>Source: G. Fowler, L. Noll, K.-P. Vo, "FNV hash"; tailsamplingprocessor and
 * probabilisticsamplerprocessor, 0.161.
 */
final class Fnv {
  private static final long BASIS_64 = 0xcbf29ce484222325L;
  private static final long PRIME_64 = 0x100000001b3L;
  private static final int BASIS_32 = 0x811c9dc5;
  private static final int PRIME_32 = 0x01000193;
  private static final BigDecimal MAX_64 = new BigDecimal("18446744073709551615");

  static final int BUCKETS = 1 << 14;

  private Fnv() {}

  /** The state of the 64-bit hash after the salt. */
  static long begin(String salt) {
    long hash = BASIS_64;
    for (byte b : salt.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME_64;
    }
    return hash;
  }

  /** Goes on with a trace id. */
  static long end(long begun, long traceIdHigh, long traceIdLow) {
    return add(add(begun, traceIdHigh), traceIdLow);
  }

  private static long add(long begun, long bigEndian) {
    long hash = begun;
    for (int shift = 56; shift >= 0; shift -= 8) {
      hash = (hash ^ (bigEndian >>> shift & 0xff)) * PRIME_64;
    }
    return hash;
  }

  /** ⌊ratio · (2^64 − 1)⌋ as an unsigned number. */
  static long threshold(double percentage) {
    double ratio = percentage / 100;
    if (!(ratio > 0)) {
      return 0;
    }
    return ratio >= 1
        ? -1L
        : MAX_64
            .multiply(new BigDecimal(ratio))
            .setScale(0, RoundingMode.FLOOR)
            .toBigInteger()
            .longValue();
  }

  /** 32-bit hash of a seed, little-endian, and a trace id. */
  private static int hash(int seed, long traceIdHigh, long traceIdLow) {
    int hash = BASIS_32;
    for (int shift = 0; shift <= 24; shift += 8) {
      hash = (hash ^ (seed >>> shift & 0xff)) * PRIME_32;
    }
    return add(add(hash, traceIdHigh), traceIdLow);
  }

  /** The low 14 bits of the hash. */
  static int bucket(int seed, long traceIdHigh, long traceIdLow) {
    return hash(seed, traceIdHigh, traceIdLow) & (BUCKETS - 1);
  }

  /**
   * The hash as a randomness: the first 14 of its bits decide as the bucket would.
   *
   * <pre>
   * 14 bits 2^14 − 1 − bucket | 28 bits of the hash's highest 14, mixed | 14 bits bucket
   * </pre>
   */
  static long randomness(int seed, long traceIdHigh, long traceIdLow) {
    int hash = hash(seed, traceIdHigh, traceIdLow);
    long bucket = hash & (BUCKETS - 1);
    long rest = hash >>> 18;
    return (BUCKETS - 1 - bucket) << 42 | (rest ^ rest << 10) << 14 | bucket;
  }

  private static int add(int begun, long bigEndian) {
    int hash = begun;
    for (int shift = 56; shift >= 0; shift -= 8) {
      hash = (hash ^ (int) (bigEndian >>> shift & 0xff)) * PRIME_32;
    }
    return hash;
  }

  /** Buckets that are kept: truncated, in 32-bit floating point. */
  static int accepted(float percentage) {
    return (int) (percentage * 163.84f);
  }
}
