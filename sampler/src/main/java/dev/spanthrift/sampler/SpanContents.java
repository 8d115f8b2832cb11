package dev.spanthrift.sampler;

/**
 * What spans were found to hold while they were scanned: what price models ask beside bytes.
 *
 * @param attributes of all spans received, their events' and links' not among them
 * @param events of all spans received
 * @param resources messages that spans came under, once for each request
 * @param resourceBytes of these
 * @param resourceAttributes of these
 * @param keptEvents of the spans kept
 * @param droppedEvents of the spans dropped
 */
public record SpanContents(
    long attributes,
    long events,
    long resources,
    long resourceBytes,
    long resourceAttributes,
    long keptEvents,
    long droppedEvents) {
  public static final SpanContents NONE = new SpanContents(0, 0, 0, 0, 0, 0, 0);
}
