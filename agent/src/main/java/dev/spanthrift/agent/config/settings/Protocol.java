package dev.spanthrift.agent.config.settings;

/** How a destination is spoken to, in the words of OTEL_EXPORTER_OTLP_PROTOCOL. */
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
