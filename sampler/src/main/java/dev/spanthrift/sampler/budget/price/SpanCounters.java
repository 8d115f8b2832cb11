package dev.spanthrift.sampler.budget.price;

/**
 * Means of what a scanner counts per span; the features of {@link ByteEstimator}.
 *
 * @param spanBytes s: Span message
 * @param attributes a
 * @param events e
 * @param resourceBytes r: Resource message
 * @param resourceAttributes ra
 * @param spansPerResource n: spans in the same ResourceSpans
 * @param escapes q: bytes that JSON escaping adds inside attribute strings
 * @param eventEscapes qe: the same in events
 * @param otherAttributes i: attributes that are no strings
 */
public record SpanCounters(
    double spanBytes,
    double attributes,
    double events,
    double resourceBytes,
    double resourceAttributes,
    double spansPerResource,
    double escapes,
    double eventEscapes,
    double otherAttributes) {

  /**
   * What holds until something is counted: the web mix with the rich resource of pricing.md §5.2
   * (515 bytes a span, 1587 bytes and 34 attributes of resource, 512 spans a batch). Attributes,
   * events and escapes are round guesses of the same traffic.
   */
  public static final SpanCounters USUAL = new SpanCounters(515, 11, .02, 1587, 34, 512, 8, 1, 3);

  public SpanCounters {
    double least =
        Math.min(
            Math.min(Math.min(spanBytes, attributes), Math.min(events, resourceBytes)),
            Math.min(
                Math.min(resourceAttributes, escapes), Math.min(eventEscapes, otherAttributes)));
    if (!(least >= 0) || !(spansPerResource >= 1)) {
      throw new IllegalArgumentException("counters below zero, or less than one span a resource");
    }
  }

  /** The same with what a batch tells without looking into spans. */
  public SpanCounters with(double spanBytes, double resourceBytes, double spansPerResource) {
    return new SpanCounters(
        spanBytes,
        attributes,
        events,
        resourceBytes,
        resourceAttributes,
        spansPerResource,
        escapes,
        eventEscapes,
        otherAttributes);
  }
}
