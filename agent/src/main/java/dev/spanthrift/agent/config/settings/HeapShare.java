package dev.spanthrift.agent.config.settings;

import dev.spanthrift.sampler.trace.DecisionMemory;

/**
 * What a heap has room for beside the program itself: decisions to remember, and spans that wait.
 *
 * @param decisionsMax at most what is wanted; a sixth of the free heap
 * @param heldBytesMax a third of the rest
 * @param freeBytes of the heap, without decisions
 */
public record HeapShare(int decisionsMax, long heldBytesMax, long freeBytes) {
  /** No bound is made smaller than this. */
  public static final long LEAST_BYTES = 1L << 20;

  /** What lives in the heap when nothing waits or is remembered, and some for garbage. */
  private static final long OWN_BYTES = 12L << 20;

  /**
   * @param otherBytes taken by what has a bound of its own
   */
  public static HeapShare of(long heapBytes, long otherBytes, int decisionsWanted) {
    long free = Math.max(0, heapBytes - OWN_BYTES - otherBytes);
    int decisions = Math.min(decisionsWanted, DecisionMemory.TRACES_MAX);
    long most = Math.max(LEAST_BYTES, free / 6);
    while (decisions > 1 && DecisionMemory.bytesMax(decisions) > most) {
      decisions /= 2;
    }
    free = Math.max(0, free - DecisionMemory.bytesMax(decisions));
    return new HeapShare(decisions, Math.max(LEAST_BYTES, free / 3 >> 10 << 10), free);
  }
}
