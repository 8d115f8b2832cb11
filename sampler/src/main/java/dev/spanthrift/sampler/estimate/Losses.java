package dev.spanthrift.sampler.estimate;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.Operations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What was seen and never kept since start: kinds of errors, and structures of traces, which are
 * the sets of their operations.
 *
 * <p>Kinds of errors are those of the table of signatures, structures have a table of 8192: what
 * finds no place is counted as folded. One thread.
 */
public final class Losses {
  static final int STRUCTURES_MAX = 8_192;
  private static final int SLOTS = 2 * STRUCTURES_MAX;
  private static final int NAMED_MAX = 100;
  private static final long KEPT = 1;

  private final Operations operations;
  private final ErrorSignatures signatures;

  // By signature.
  private long[] seenSpans = new long[16];
  private int[] operationOf = new int[16];
  private boolean[] keptOf = new boolean[16];

  private final long[] structures = new long[SLOTS]; // hash, its lowest bit says whether kept
  private int structuresSeen;
  private int structuresKept;
  private long folded;

  /** One kind of error of which nothing was kept. */
  public record Lost(int operation, String error, long spans) {}

  /**
   * All of it.
   *
   * @param structuresFolded fragments whose structure found no place
   * @param signatures never kept, the most frequent first, at most 100
   */
  public record Summary(
      int errorSignatures,
      int errorSignaturesNeverKept,
      int structures,
      int structuresNeverKept,
      long structuresFolded,
      List<Lost> signatures) {
    public static final Summary NOTHING = new Summary(0, 0, 0, 0, 0, List.of());

    public Summary {
      signatures = List.copyOf(signatures);
    }
  }

  public Losses(Operations operations, ErrorSignatures signatures) {
    this.operations = operations;
    this.signatures = signatures;
  }

  /** An error span whose trace was decided. */
  public void error(int signature, int operation, boolean kept) {
    if (signature >= seenSpans.length) {
      int length = Math.max(signature + 1, seenSpans.length * 2);
      seenSpans = Arrays.copyOf(seenSpans, length);
      operationOf = Arrays.copyOf(operationOf, length);
      keptOf = Arrays.copyOf(keptOf, length);
    }
    seenSpans[signature]++;
    operationOf[signature] = operation;
    keptOf[signature] |= kept;
  }

  /** What an operation adds to the structure of a trace: the sum over them, each once. */
  public long part(int operation) {
    return operations.hash(operation);
  }

  /** A fragment whose trace was decided. */
  public void structure(long sumOfParts, boolean kept) {
    long key = (sumOfParts | KEPT) ^ KEPT;
    if (key == 0) {
      key = 2;
    }
    int at = (int) ((key * 0x9e3779b97f4a7c15L) >>> 50) & (SLOTS - 1);
    while (structures[at] != 0 && (structures[at] & ~KEPT) != key) {
      at = (at + 1) & (SLOTS - 1);
    }
    if (structures[at] == 0) {
      if (structuresSeen == STRUCTURES_MAX) {
        folded++;
        return;
      }
      structures[at] = key;
      structuresSeen++;
    }
    if (kept && (structures[at] & KEPT) == 0) {
      structures[at] |= KEPT;
      structuresKept++;
    }
  }

  public Summary read() {
    int seen = 0;
    int never = 0;
    List<Lost> lost = new ArrayList<>();
    for (int id = ErrorSignatures.UNKNOWN + 1; id < seenSpans.length; id++) {
      if (seenSpans[id] > 0) {
        seen++;
        if (!keptOf[id]) {
          never++;
          lost.add(new Lost(operationOf[id], signatures.name(id), seenSpans[id]));
        }
      }
    }
    lost.sort(Comparator.comparingLong(Lost::spans).reversed());
    return new Summary(
        seen,
        never,
        structuresSeen,
        structuresSeen - structuresKept,
        folded,
        lost.subList(0, Math.min(NAMED_MAX, lost.size())));
  }

  public long bytesHeld() {
    return (long) SLOTS * Long.BYTES + seenSpans.length * 13L;
  }
}
