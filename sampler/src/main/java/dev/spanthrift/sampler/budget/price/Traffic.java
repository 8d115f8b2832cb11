package dev.spanthrift.sampler.budget.price;

/**
 * Spans in numbers: what prices are made of.
 *
 * @param bytes encoded, with tag and length, before compression
 * @param traces that begin with one of the spans
 */
public record Traffic(long bytes, long spans, long events, long traces) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0);

  public Traffic {
    if (bytes < 0 || spans < 0 || events < 0 || traces < 0) {
      throw new IllegalArgumentException("traffic below zero");
    }
  }

  public Traffic plus(Traffic other) {
    return new Traffic(
        sum(bytes, other.bytes),
        sum(spans, other.spans),
        sum(events, other.events),
        sum(traces, other.traces));
  }

  /** What came on top of an earlier reading; never below zero. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        Math.max(0, bytes - earlier.bytes),
        Math.max(0, spans - earlier.spans),
        Math.max(0, events - earlier.events),
        Math.max(0, traces - earlier.traces));
  }

  /** So many times as much, rounded; what does not fit a long stays at its maximum. */
  public Traffic times(double factor) {
    return new Traffic(
        Math.round(bytes * factor),
        Math.round(spans * factor),
        Math.round(events * factor),
        Math.round(traces * factor));
  }

  public boolean isNone() {
    return bytes == 0 && spans == 0 && events == 0 && traces == 0;
  }

  private static long sum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum; // both are positive
  }
}
