package dev.spanthrift.sampler;

import dev.spanthrift.sampler.estimate.KeptMeasures;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.Hold;
import java.util.Arrays;
import java.util.List;

/**
 * What became of every fragment, by operation, kind of error and structure.
 *
 * <p>Late spans are in none of it: they follow a decision that is here.
 */
final class FateTables {
  private static final int SEEN_LEAST = 64;

  private final Hold hold;
  private final KeptMeasures measures;
  private final Losses losses;
  private final Hold.SpanVisitor visitor = this::span; // one, not one a fragment

  // Of the fragment at hand.
  private boolean kept;
  private long structure;
  private int[] seen = new int[SEEN_LEAST]; // operations, in open addressing, by id + 1
  private int seenCount;

  FateTables(Hold hold, OperationMeasures rows, Operations operations, ErrorSignatures signatures) {
    this.hold = hold;
    measures = new KeptMeasures(rows);
    losses = new Losses(operations, signatures);
  }

  /**
   * A fragment is kept.
   *
   * @param threshold that its spans carry
   */
  void kept(int slot, long threshold) {
    double upstream = new Threshold(Math.max(0, hold.upstream(slot))).adjustedCount();
    double own = threshold >= Threshold.MAX ? 1 : new Threshold(threshold).adjustedCount();
    measures.begin(Math.max(1, own / upstream));
    fragment(slot, true);
    measures.end();
  }

  void dropped(int slot) {
    fragment(slot, false);
  }

  /** A span goes on past hold and decision. */
  void passed(int operation, boolean error, long durationNanos, int bytes) {
    measures.begin(1);
    measures.add(operation, error, durationNanos, bytes);
    measures.end();
  }

  private void fragment(int slot, boolean isKept) {
    kept = isKept;
    structure = 0;
    hold.visit(slot, visitor);
    losses.structure(structure, isKept);
    forget();
  }

  /** A huge trace shall not cost every one after it. */
  private void forget() {
    if (seen.length > SEEN_LEAST) {
      seen = new int[SEEN_LEAST];
    } else {
      Arrays.fill(seen, 0);
    }
    seenCount = 0;
  }

  private void span(int operation, int signature, int flags, long durationNanos, int bytes) {
    boolean error = (flags & Fragment.ERROR) != 0;
    if (kept) {
      measures.add(operation, error, durationNanos, bytes);
    }
    if (error && signature != ErrorSignatures.NONE) {
      losses.error(signature, operation, kept);
    }
    if (isFirst(operation)) {
      structure += losses.part(operation);
    }
  }

  private boolean isFirst(int operation) {
    int mask = seen.length - 1;
    int at = operation * 0x9e3779b9 >>> 8 & mask;
    while (seen[at] != 0) {
      if (seen[at] == operation + 1) {
        return false;
      }
      at = at + 1 & mask;
    }
    if (2 * seenCount >= seen.length) {
      return grown(operation);
    }
    seen[at] = operation + 1;
    seenCount++;
    return true;
  }

  /** The table has at most one place for each operation, twice. */
  private boolean grown(int operation) {
    int[] before = seen;
    seen = new int[before.length * 2];
    seenCount = 0;
    for (int known : before) {
      if (known != 0) {
        boolean unused = isFirst(known - 1);
      }
    }
    return isFirst(operation);
  }

  List<KeptOperation> operations() {
    return measures.read();
  }

  Losses.Summary losses() {
    return losses.read();
  }

  long bytesHeld() {
    return measures.bytesHeld() + losses.bytesHeld() + (long) seen.length * Integer.BYTES;
  }
}
