package dev.spanthrift.agent.config.settings;

/** How request bodies to a destination are compressed. */
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
