package dev.spanthrift.agent.control.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * EventLines as they are sent (text/event-stream): {@code id}, {@code event}, {@code data}, an
 * empty line.
 */
final class EventLines {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

  /** One line of JSON: Jackson escapes what would end a line. */
  static byte[] json(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** An event by whose id a client can go on later. */
  void add(String name, long id, byte[] json) {
    text("id: " + id + "\n");
    add(name, json);
  }

  void add(String name, byte[] json) {
    text("event: " + name + "\ndata: ");
    bytes.writeBytes(json);
    text("\n\n");
  }

  /** Shows client and proxies that the connection lives. */
  void heartbeat() {
    text(": still here\n\n");
  }

  /** How long a client waits before it comes again. */
  void retry(long millis) {
    text("retry: " + millis + "\n\n");
  }

  private void text(String text) {
    bytes.writeBytes(text.getBytes(UTF_8));
  }

  int size() {
    return bytes.size();
  }

  boolean isEmpty() {
    return bytes.size() == 0;
  }

  byte[] whole() {
    return bytes.toByteArray();
  }
}
