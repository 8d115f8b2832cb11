package dev.spanthrift.sampler.budget.price;

/**
 * The price of spans for the data path, in picos: 10^-12 of the currency.
 *
 * <p>Picos because 100 bytes at 0.05 a gigabyte are 5 nanos: a long of nanos would round by a
 * tenth. It is the list price at the highest tier that the window may reach, also inside an
 * allotment, so that it stays the same for days; what is included appears as more budget instead.
 *
 * @param perByte of the encoded span with tag and length
 * @param perSpan whatever its size
 * @param perTrace for the whole trace, once
 * @param eventsPerSpan lately, for callers that do not count events
 * @param spansPerTrace lately, for callers that see only pieces of traces
 * @param nominal nothing has a price; the amounts only serve to compare
 */
public record SpanPrice(
    double perByte,
    double perSpan,
    double perEvent,
    double perTrace,
    double eventsPerSpan,
    double spansPerTrace,
    boolean nominal) {
  /** One currency unit for a gigabyte. */
  static final double NOMINAL_PER_BYTE = 1_000;

  public static final SpanPrice NOMINAL = new SpanPrice(NOMINAL_PER_BYTE, 0, 0, 0, 0, 1, true);

  /** Of a piece of a trace; events and its part of the trace's price by their means. */
  public long price(long bytes, int spans) {
    double each = perSpan + perEvent * eventsPerSpan + perTrace / spansPerTrace;
    return rounded(perByte * (double) bytes + each * spans);
  }

  /**
   * Of a piece of a trace.
   *
   * @param traces 1 for the piece that the trace's price is laid on, such as the root's; else 0
   */
  public long price(long bytes, int spans, int events, int traces) {
    return rounded(
        perByte * (double) bytes + perSpan * spans + perEvent * events + perTrace * traces);
  }

  /** Of any amount of traffic, in picos. */
  public double picos(Traffic traffic) {
    double bytes = perByte * (double) traffic.bytes();
    double records = perSpan * (double) traffic.spans() + perEvent * (double) traffic.events();
    return Math.max(0, bytes + records + perTrace * (double) traffic.traces());
  }

  /** A span is never free, or its group would be kept whole; above the range it stays there. */
  private static long rounded(double picos) {
    return Math.max(1, Math.round(picos));
  }
}
