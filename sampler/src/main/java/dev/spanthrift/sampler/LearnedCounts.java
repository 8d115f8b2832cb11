package dev.spanthrift.sampler;

/**
 * How much a sampler has learned; read under its lock.
 *
 * @param operations with an id of their own; likewise the others
 * @param edges parent operation → operation, with a histogram of durations
 * @param paths of traces, with a count
 * @param folded look-ups that had to share a place because a table was full
 * @param bytes memory of all tables, about
 */
public record LearnedCounts(
    int operations, int errorSignatures, int edges, int paths, long folded, long bytes) {
  public static final LearnedCounts NONE = new LearnedCounts(0, 0, 0, 0, 0, 0);
}
