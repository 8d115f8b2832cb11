package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.wire.Hash;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Operations, a service and a span name template each, as small ids.
 *
 * <p>Ids are given in order of first sight and are good for one process; the hash of an id is the
 * same in every pod and after a restart. Bounded: above the bound names share ids by their hash.
 * Nothing is allocated for a name that is known. One thread.
 */
public final class Operations implements LearnedPart {
  public static final int BOUND = 16_384;

  private static final int RECENT = 4096;
  private static final int PIECE = 1024;
  private static final int SHORT_NAME = 16; // once the texts have their bound
  private static final int STRING_BYTES = 40; // of a string beside its characters

  private final KeyIndex index;
  private final int textMax;

  // Names as they came, by their hash: a name that was seen lately needs no template.
  private final long[] recentHashes = new long[RECENT];
  private final int[] recentIds = new int[RECENT];
  private long[] hashes = new long[64];
  private String[] names = new String[64];
  private boolean[] again = new boolean[64]; // seen more than once
  private int text;

  public Operations() {
    this(BOUND);
  }

  public Operations(int bound) {
    this(bound, Integer.MAX_VALUE);
  }

  /**
   * @param textMax characters of all names together; when they are used up, new names are cut to
   *     their beginning, only as text
   */
  public Operations(int bound, int textMax) {
    index = new KeyIndex(bound);
    this.textMax = textMax;
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
      again[recentIds[at]] = true;
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
    if (id < hashes.length && hashes[id] != 0) {
      again[id] = true;
    } else {
      boolean shared = id >= index.bound();
      // A shared id hashes to itself, so that its edges do not depend on which name came first.
      learn(
          id,
          shared ? StableHash.mix(id) : hash,
          shared
              ? "(other " + (id - index.bound()) + ")"
              : NameTemplate.text(buffer, offset, length));
    }
    return id;
  }

  private void learn(int id, long hash, String name) {
    if (id >= hashes.length) {
      int capacity = Math.min(index.idBound(), Math.max(id + 1, hashes.length * 2));
      hashes = Arrays.copyOf(hashes, capacity);
      names = Arrays.copyOf(names, capacity);
      again = Arrays.copyOf(again, capacity);
    }
    boolean fits = name.length() <= Math.max(SHORT_NAME, textMax - text);
    hashes[id] = hash == 0 ? 1 : hash;
    names[id] = fits ? name : name.substring(0, SHORT_NAME) + '…';
    text += names[id].length();
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

  /** Memory held, about. */
  public long bytesHeld() {
    return index.bytesHeld()
        + RECENT * 12L
        + hashes.length * 13L
        + (long) index.size() * STRING_BYTES
        + text;
  }

  @Override
  public int pieces() {
    return (index.size() + PIECE - 1) / PIECE;
  }

  /**
   * Count, then hash and name in the order of ids.
   *
   * <p>Once the table has run over, only what was seen more than once: so a restart heals an
   * explosion of names.
   */
  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    int from = piece * PIECE;
    int to = Math.min(index.size(), from + PIECE);
    boolean all = index.folded() == 0;
    int count = 0;
    for (int id = from; id < to; id++) {
      count += all || again[id] ? 1 : 0;
    }
    out.writeInt(count);
    for (int id = from; id < to; id++) {
      if (all || again[id]) {
        out.writeLong(hashes[id]);
        out.writeUTF(names[id]);
      }
    }
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    int count = LearnedPart.readCount(in, PIECE);
    for (int i = 0; i < count; i++) {
      long hash = in.readLong();
      String name = in.readUTF();
      int id = index.idOf(hash);
      if (hash == 0 || id >= index.bound() || name.length() > 2 * NameTemplate.LENGTH_MAX) {
        throw new IOException("operation " + i + " of hash " + hash);
      }
      if (id >= hashes.length || hashes[id] == 0) {
        learn(id, hash, name);
      }
    }
  }
}
