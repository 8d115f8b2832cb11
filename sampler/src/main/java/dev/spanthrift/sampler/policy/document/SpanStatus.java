package dev.spanthrift.sampler.policy.document;

/** Status.StatusCode of OTLP. */
public enum SpanStatus {
  UNSET(0),
  OK(1),
  ERROR(2);

  public static final int NUMBERS = 3;
  private final int number;

  SpanStatus(int number) {
    this.number = number;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }
}
