package dev.spanthrift.sampler.signal;

/** 64-bit hashes that are the same in every pod and after every restart. */
public final class StableHash {
  private static final long SEED = 0x9e3779b97f4a7c15L;
  private static final long PRIME = 0x100000001b3L;

  private StableHash() {}

  /** Hash of bytes: FNV-1a, then mixed. */
  public static long of(byte[] buffer, int offset, int length) {
    long hash = SEED;
    for (int i = offset, end = offset + length; i < end; i++) {
      hash = step(hash, buffer[i]);
    }
    return mix(hash);
  }

  /** One hash from two; the order matters. */
  public static long combine(long first, long second) {
    return mix(first * 31 + mix(second ^ SEED));
  }

  static long step(long hash, int value) {
    return (hash ^ (value & 0xff)) * PRIME;
  }

  /** Finalizer of MurmurHash3: every input bit moves every output bit. */
  public static long mix(long value) {
    long z = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
