package dev.spanthrift.sampler.policy;

/** Status.StatusCode of OTLP. */
public enum SpanStatus {
  UNSET(0),
  OK(1),
  ERROR(2);

  static final int NUMBERS = 3;
  private final int number;

  SpanStatus(int number) {
    this.number = number;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }
}
