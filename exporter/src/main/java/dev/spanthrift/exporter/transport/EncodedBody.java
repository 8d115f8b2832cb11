package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.Compression;
import java.util.Map;

/**
 * A request as it goes over the wire: the first {@code length} bytes of an array that nobody
 * changes.
 *
 * @param headers of this request alone, over HTTP; they replace others of their names
 */
public record EncodedBody(
    byte[] bytes, int length, Compression compression, Map<String, String> headers) {
  public EncodedBody(byte[] bytes, int length, Compression compression) {
    this(bytes, length, compression, Map.of());
  }
}
