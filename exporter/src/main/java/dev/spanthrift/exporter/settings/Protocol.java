package dev.spanthrift.exporter.settings;

/**
 * The transports of OTLP that a destination may speak, as OTEL_EXPORTER_OTLP_PROTOCOL spells them.
 */
public enum Protocol {
  GRPC("grpc"),
  HTTP_PROTOBUF("http/protobuf");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
