package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.trace.Fragment;

/**
 * What one fragment says: all that allocation needs, once the spans are no longer at hand.
 *
 * <p>Filled by {@link FragmentReader}; belongs to whoever created it, and lives as long as the
 * fragment waits. Keys are stable hashes.
 */
public final class Reading {
  long traceIdHigh;
  long traceIdLow;
  long randomness;
  long bytes;
  int spans;
  long entry;
  long entryNanos;
  boolean root;
  long errors;
  double lostNanos;
  long culprit;
  long path;

  /** Of a fragment that nothing is learned from: its trace, and whether the root is in it. */
  public static Reading ofTrace(Fragment fragment) {
    Reading reading = new Reading();
    reading.traceIdHigh = fragment.traceIdHigh();
    reading.traceIdLow = fragment.traceIdLow();
    reading.randomness = fragment.randomness();
    reading.root = fragment.isRooted();
    return reading;
  }

  public long traceIdHigh() {
    return traceIdHigh;
  }

  public long traceIdLow() {
    return traceIdLow;
  }

  /** 56 bits; the same in every pod. */
  public long randomness() {
    return randomness;
  }

  public long bytes() {
    return bytes;
  }

  public int spans() {
    return spans;
  }

  /** Key of the entry operation: the local root that took longest. */
  public long entry() {
    return entry;
  }

  /** Duration of the entry's span. */
  public long entryNanos() {
    return entryNanos;
  }

  /** Whether the trace's root span is in this fragment. */
  public boolean isRoot() {
    return root;
  }

  /** Sum of the distinct error edges' hashes with their signatures, 0 when there is no error. */
  public long errors() {
    return errors;
  }

  /** Largest time lost against the learned p95, with the incident factor; 0 when none is lost. */
  public double lostNanos() {
    return lostNanos;
  }

  /** Key of the edge that lost the time, 0 when none did. */
  public long culprit() {
    return culprit;
  }

  /** Sum of the distinct edges' hashes: the fragment's own path. */
  public long path() {
    return path;
  }
}
