package dev.spanthrift.sampler.wire;

/**
 * A 64-bit hash of bytes, the same in every process; not for adversaries, so what it finds is
 * compared or may collide harmlessly.
 *
 * <p>Eight bytes at a step, multiplied and folded; finished by the mixer of SplitMix64 (Steele,
 * Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
 */
public final class Hash {
  private static final long STEP = 0x9e3779b97f4a7c15L;

  private Hash() {}

  public static long of(byte[] bytes, int offset, int length) {
    long hash = length * STEP;
    int at = offset;
    int left = length;
    for (; left >= 8; left -= 8, at += 8) {
      hash = fold(hash ^ (long) Wire.LITTLE_LONG.get(bytes, at));
    }
    long rest = 0;
    for (int i = 0; i < left; i++) {
      rest = rest << 8 | (bytes[at + i] & 0xff);
    }
    return mix(hash ^ rest);
  }

  private static long fold(long value) {
    long product = value * STEP;
    return product ^ product >>> 32;
  }

  /** Spreads every bit over all 64. */
  public static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
