package dev.spanthrift.exporter.settings;

/** How request bodies are encoded, as OTEL_EXPORTER_OTLP_COMPRESSION and HTTP spell it. */
public enum Compression {
  GZIP("gzip"),
  ZSTD("zstd"),
  NONE("none");

  private final String text;

  Compression(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
