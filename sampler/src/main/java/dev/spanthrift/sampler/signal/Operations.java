package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.wire.Hash;
import java.util.Arrays;

/**
 * Operations, a service and a span name template each, as small ids.
 *
 * <p>Ids are given in order of first sight and are good for one process; the hash of an id is the
 * same in every pod and after a restart. Bounded: above the bound names share ids by their hash.
 * Nothing is allocated for a name that is known. One thread.
 */
public final class Operations {
  public static final int BOUND = 16_384;

  private static final int RECENT = 4096;

  private final KeyIndex index;

  // Names as they came, by their hash: a name that was seen lately needs no template.
  private final long[] recentHashes = new long[RECENT];
  private final int[] recentIds = new int[RECENT];
  private long[] hashes = new long[64];
  private String[] names = new String[64];

  public Operations() {
    this(BOUND);
  }

  public Operations(int bound) {
    index = new KeyIndex(bound);
  }

  /**
   * Id of a span name.
   *
   * @param serviceHash {@link StableHash#of} of the service's name
   * @param buffer holds the span name, or {@code http.route} where the span has one
   */
  public int intern(long serviceHash, byte[] buffer, int offset, int length) {
    long raw = Hash.mix(serviceHash + Hash.of(buffer, offset, length)) | 1;
    int at = (int) (raw >>> 32) & (RECENT - 1);
    if (recentHashes[at] == raw) {
      return recentIds[at];
    }
    int id = template(serviceHash, buffer, offset, length);
    recentHashes[at] = raw;
    recentIds[at] = id;
    return id;
  }

  private int template(long serviceHash, byte[] buffer, int offset, int length) {
    long hash = NameTemplate.hash(serviceHash, buffer, offset, length);
    int id = index.idOf(hash);
    if (id >= hashes.length || hashes[id] == 0) {
      learn(id, hash, buffer, offset, length);
    }
    return id;
  }

  private void learn(int id, long hash, byte[] buffer, int offset, int length) {
    if (id >= hashes.length) {
      int capacity = Math.min(index.idBound(), Math.max(id + 1, hashes.length * 2));
      hashes = Arrays.copyOf(hashes, capacity);
      names = Arrays.copyOf(names, capacity);
    }
    boolean shared = id >= index.bound();
    // A shared id hashes to itself, so that its edges do not depend on which name came first.
    hashes[id] = shared ? StableHash.mix(id) : hash == 0 ? 1 : hash;
    names[id] =
        shared ? "(other " + (id - index.bound()) + ")" : NameTemplate.text(buffer, offset, length);
  }

  /** Template of an operation's name, without its service. */
  public String name(int id) {
    return names[id];
  }

  /** Whether several names share the id, because there were too many. */
  boolean isShared(int id) {
    return id >= index.bound();
  }

  /** Stable hash of service and template. */
  public long hash(int id) {
    return hashes[id];
  }

  /** Number of names that have an id of their own. */
  public int size() {
    return index.size();
  }

  /** Times that a name had to share an id. */
  public long folded() {
    return index.folded();
  }
}
