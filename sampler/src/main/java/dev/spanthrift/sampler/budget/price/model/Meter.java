package dev.spanthrift.sampler.budget.price.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a vendor counts; usage is always in plain units: bytes, spans, requests.
 *
 * <p>Some are counted here, some follow from bytes by a retention or a ratio, and some only the
 * operator knows.
 */
public enum Meter {
  SPANS(Origin.COUNTED),
  /** Spans, span events and span links. */
  SPAN_RECORDS(Origin.COUNTED),
  /** Distinct trace ids of which at least one span was accepted. */
  TRACES(Origin.COUNTED),
  /** Billable bytes accepted, by the charge's byte rule. */
  BYTES(Origin.COUNTED),
  /** Billable bytes received before the vendor itself samples: all that we send. */
  BYTES_PROCESSED(Origin.COUNTED),
  /** Any telemetry record; here the spans. */
  RECORDS(Origin.COUNTED),
  /** Compressed bytes on the wire. */
  NET_BYTES_OUT(Origin.COUNTED),
  SPANS_INDEXED(Origin.DERIVED),
  REQUESTS_PUT(Origin.DERIVED),
  REQUESTS_GET(Origin.OPERATOR),
  GB_STORED_MONTH(Origin.DERIVED),
  GIB_DAYS_RETAINED(Origin.DERIVED),
  GB_RETAINED_EXT(Origin.DERIVED),
  HOSTS(Origin.OPERATOR),
  FARGATE_TASKS(Origin.OPERATOR),
  USERS(Origin.OPERATOR),
  BYTES_SCANNED(Origin.OPERATOR),
  GB_HOURS_QUERY(Origin.OPERATOR),
  TRACES_ACCESSED(Origin.OPERATOR),
  ACTIVE_SERIES(Origin.OPERATOR),
  DATAPOINTS(Origin.OPERATOR),
  HOURS(Origin.OPERATOR),
  MONTHS(Origin.OPERATOR);

  /** Who knows the quantity. */
  public enum Origin {
    COUNTED,
    DERIVED,
    OPERATOR
  }

  private final Origin origin;

  Meter(Origin origin) {
    this.origin = origin;
  }

  public Origin origin() {
    return origin;
  }

  /** As price models write it, such as {@code span_records}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Meter> of(String id) {
    return Arrays.stream(values()).filter(meter -> meter.id().equals(id)).findFirst();
  }

  public boolean isBytes() {
    return this == BYTES
        || this == BYTES_PROCESSED
        || this == NET_BYTES_OUT
        || this == BYTES_SCANNED;
  }
}
