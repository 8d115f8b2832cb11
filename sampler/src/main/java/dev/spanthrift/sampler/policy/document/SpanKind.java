package dev.spanthrift.sampler.policy.document;

/** Span.SpanKind of OTLP. */
public enum SpanKind {
  UNSPECIFIED(0),
  INTERNAL(1),
  SERVER(2),
  CLIENT(3),
  PRODUCER(4),
  CONSUMER(5);

  public static final int NUMBERS = 6;
  private final int number;

  SpanKind(int number) {
    this.number = number;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }
}
