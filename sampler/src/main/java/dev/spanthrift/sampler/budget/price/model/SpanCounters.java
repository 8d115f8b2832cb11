package dev.spanthrift.sampler.budget.price.model;

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
   * What holds until spans are counted: the web mix with the rich resource (515 bytes a span, 1587
   * bytes and 34 attributes of resource, 512 spans a batch). Attributes, events and escapes are
   * round guesses of the same traffic.
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

  /**
   * These as if they had been counted so often, and what was really counted; escapes and the kinds
   * of attributes, which a scanner does not read, stay as they are.
   *
   * @param weight spans that these means stand for, so that the first few do not decide
   */
  public SpanCounters counted(
      long spans,
      long spanBytes,
      long attributes,
      long events,
      long resources,
      long resourceBytes,
      long resourceAttributes,
      double weight) {
    double known = spans + weight;
    double resourcesBefore = weight / spansPerResource;
    double ofResources = resources + resourcesBefore;
    return new SpanCounters(
        (this.spanBytes * weight + spanBytes) / known,
        (this.attributes * weight + attributes) / known,
        (this.events * weight + events) / known,
        (this.resourceBytes * resourcesBefore + resourceBytes) / ofResources,
        (this.resourceAttributes * resourcesBefore + resourceAttributes) / ofResources,
        Math.max(1, known / ofResources),
        escapes,
        eventEscapes,
        otherAttributes);
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
