package dev.spanthrift.exporter.settings;

import dev.spanthrift.exporter.ZstdLibrary;

/** How request bodies are encoded, as OTEL_EXPORTER_OTLP_COMPRESSION and HTTP spell it. */
public enum Compression {
  GZIP("gzip"),
  ZSTD("zstd"),
  NONE("none");

  private final String text;

  Compression(String text) {
    this.text = text;
  }

  /** gzip in place of zstd where that cannot run. */
  public Compression usable() {
    return this == ZSTD && !ZstdLibrary.isAvailable() ? GZIP : this;
  }

  @Override
  public String toString() {
    return text;
  }
}
