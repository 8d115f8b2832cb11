package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Scratch;
import java.util.Arrays;

/**
 * Reads a fragment: entry, error group, time lost, path; and learns its durations.
 *
 * <p>lost = max over spans of duration − p95(edge), times max(1, share of the culprit edge's last
 * spans above p95 / 5 %)². The culprit is the edge of the shortest span that lost at least half of
 * the maximum: the callers above it are slow because it is.
 */
public final class FragmentReader {
  private static final long ERROR_MARK = 0x6a09e667f3bcc909L;
  private static final double USUAL_SLOW_SHARE = 0.05;

  /** A week; what is said to have lasted longer tells of a wrong clock, and nothing of the span. */
  private static final long LASTED_MAX_NANOS = 7 * 86_400L * 1_000_000_000L;

  private final Operations operations;
  private final ErrorSignatures signatures;
  private final EdgeDurations durations;

  private static final int LEAST_ROWS = 64;
  private static final int ROW_BYTES = 2 * Integer.BYTES + 4 * Long.BYTES;
  private static final int SLOTS_PER_ROW = 4;

  private int[] parents = new int[0];
  private int[] edges = new int[0];
  private long[] edgeHashes = new long[0];
  private long[] excess = new long[0];
  private int[] slots = new int[0];
  private int mask;
  private long[] distinct = new long[0];
  private long[] distinctError = new long[0];
  private int distinctSize;

  public FragmentReader(
      Operations operations, ErrorSignatures signatures, EdgeDurations durations) {
    this.operations = operations;
    this.signatures = signatures;
    this.durations = durations;
    resize(LEAST_ROWS);
  }

  /** Fills a reading from a fragment, then learns from the fragment. */
  public void read(Fragment fragment, Reading into) {
    into.traceIdHigh = fragment.traceIdHigh();
    into.traceIdLow = fragment.traceIdLow();
    into.randomness = fragment.randomness();
    into.bytes = fragment.bytes();
    into.spans = fragment.size();
    reserve(fragment.size());
    findParents(fragment);
    readEntry(fragment, into);
    readEdges(fragment, into);
    readErrors(fragment, into);
    readLost(fragment, into);
    learn(fragment);
  }

  private void reserve(int size) {
    int kept = Scratch.rowsKept(parents.length, LEAST_ROWS);
    int wanted = size > kept ? Scratch.grown(kept, size) : kept;
    if (wanted != parents.length) {
      resize(wanted);
    }
    int used = Integer.highestOneBit(Math.max(8, size)) * SLOTS_PER_ROW;
    Arrays.fill(slots, 0, used, 0);
    mask = used - 1;
  }

  private void resize(int capacity) {
    parents = new int[capacity];
    edges = new int[capacity];
    edgeHashes = new long[capacity];
    excess = new long[capacity];
    distinct = new long[capacity];
    distinctError = new long[capacity];
    slots = new int[Integer.highestOneBit(capacity) * SLOTS_PER_ROW];
  }

  /** Bytes of the columns, which stay for the next fragment. */
  public long bytesHeld() {
    return (long) ROW_BYTES * parents.length + (long) Integer.BYTES * slots.length;
  }

  /**
   * Where two spans share an id (Zipkin's shared spans), the later one is the parent of both's
   * children.
   */
  private void findParents(Fragment fragment) {
    for (int i = 0; i < fragment.size(); i++) {
      slots[slotOf(fragment, fragment.spanId(i))] = i + 1;
    }
    for (int i = 0; i < fragment.size(); i++) {
      long parent = fragment.parentSpanId(i);
      int found = parent == 0 ? -1 : slots[slotOf(fragment, parent)] - 1;
      parents[i] = found == i ? -1 : found;
    }
  }

  private int slotOf(Fragment fragment, long spanId) {
    int slot = (int) StableHash.mix(spanId) & mask;
    while (slots[slot] != 0 && fragment.spanId(slots[slot] - 1) != spanId) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void readEntry(Fragment fragment, Reading into) {
    int entry = 0;
    long longest = -1;
    into.root = fragment.isRooted();
    for (int i = 0; i < fragment.size(); i++) {
      long duration = fragment.isRoot(i) ? Long.MAX_VALUE : lasted(fragment, i);
      if ((fragment.isLocalRoot(i) || parents[i] < 0) && duration > longest) {
        longest = duration;
        entry = i;
      }
    }
    if (fragment.size() > 0) {
      into.entry = operations.hash(fragment.operation(entry));
      into.entryNanos = lasted(fragment, entry);
    }
  }

  /** A span's duration, 0 where times are missing or cannot be. */
  private static long lasted(Fragment fragment, int i) {
    long nanos = fragment.durationNanos(i);
    return nanos > LASTED_MAX_NANOS ? 0 : nanos;
  }

  /** Path of the errors: the distinct error edges with their signatures, in any order. */
  private void readErrors(Fragment fragment, Reading into) {
    into.errors = 0;
    if (!fragment.hasError()) {
      return;
    }
    long sum = 0;
    for (int i = 0; i < distinctSize; i++) {
      if (distinctError[i] != 0) sum += StableHash.mix(distinct[i] + distinctError[i]);
    }
    into.errors = sum;
  }

  private void readEdges(Fragment fragment, Reading into) {
    into.path = 0;
    distinctSize = 0;
    Arrays.fill(slots, 0, mask + 1, 0);
    for (int i = 0; i < fragment.size(); i++) {
      long parent = parents[i] < 0 ? 0 : operations.hash(fragment.operation(parents[i]));
      long hash = StableHash.combine(parent, operations.hash(fragment.operation(i)));
      edgeHashes[i] = hash;
      edges[i] = durations.edge(hash);
      if (addDistinct(fragment.isError(i) ? hash ^ ERROR_MARK : hash)) {
        distinctError[distinctSize - 1] =
            fragment.isError(i) ? signatures.hash(fragment.signature(i)) : 0;
      }
    }
    for (int i = 0; i < distinctSize; i++) {
      into.path += StableHash.mix(distinct[i]);
    }
  }

  private boolean addDistinct(long hash) {
    int slot = (int) hash & mask;
    while (slots[slot] != 0) {
      if (distinct[slots[slot] - 1] == hash) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    distinct[distinctSize++] = hash;
    slots[slot] = distinctSize;
    return true;
  }

  private void readLost(Fragment fragment, Reading into) {
    long lost = 0;
    for (int i = 0; i < fragment.size(); i++) {
      long usual = durations.p95(edges[i]);
      excess[i] = usual < 0 ? 0 : lasted(fragment, i) - usual;
      if (usual >= 0) {
        durations.noteSlow(edges[i], excess[i] > 0);
      }
      lost = Math.max(lost, excess[i]);
    }
    into.lostNanos = 0;
    into.culprit = 0;
    if (lost > 0) {
      blame(fragment, lost, into);
    }
  }

  private void blame(Fragment fragment, long lost, Reading into) {
    int culprit = -1;
    for (int i = 0; i < fragment.size(); i++) {
      boolean guilty = excess[i] >= (lost + 1) / 2;
      if (guilty && (culprit < 0 || lasted(fragment, i) < lasted(fragment, culprit))) {
        culprit = i;
      }
    }
    double factor = Math.max(1, durations.slowShare(edges[culprit]) / USUAL_SLOW_SHARE);
    into.lostNanos = lost * factor * factor;
    into.culprit = edgeHashes[culprit];
  }

  private void learn(Fragment fragment) {
    for (int i = 0; i < fragment.size(); i++) {
      durations.add(edges[i], lasted(fragment, i));
    }
  }

  /** Number of distinct edges in the fragment read last, error edges marked. */
  public int distinctEdges() {
    return distinctSize;
  }

  /** One of the distinct edges of the fragment read last, as it enters the path. */
  public long distinctEdge(int i) {
    return distinct[i];
  }
}
