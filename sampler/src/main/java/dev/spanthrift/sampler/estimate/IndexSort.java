package dev.spanthrift.sampler.estimate;

/** Sorts row numbers by a column, stable, without boxing: merge sort, bottom up. */
final class IndexSort {
  private int[] other = new int[0];

  /** A column that rows are compared by. */
  @FunctionalInterface
  interface Order {
    int compare(int first, int second);
  }

  /** Sorts {@code rows[0..size)}. */
  void sort(int[] rows, int size, Order order) {
    if (other.length < size) {
      other = new int[size];
    }
    int[] from = rows;
    int[] to = other;
    for (int width = 1; width < size && width > 0; width *= 2) {
      for (int left = 0; left < size; left += 2 * width) {
        int middle = Math.min(size, left + width);
        merge(from, to, left, middle, Math.min(size, left + 2 * width), order);
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    if (from != rows) {
      System.arraycopy(from, 0, rows, 0, size);
    }
  }

  private static void merge(int[] from, int[] to, int left, int middle, int end, Order order) {
    int a = left;
    int b = middle;
    for (int at = left; at < end; at++) {
      boolean first = b >= end || (a < middle && order.compare(from[a], from[b]) <= 0);
      to[at] = first ? from[a++] : from[b++];
    }
  }
}
