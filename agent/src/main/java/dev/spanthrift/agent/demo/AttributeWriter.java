package dev.spanthrift.agent.demo;

/** Writes {@code KeyValue{1 key, 2 AnyValue{1 string | 3 int}}}. Not thread-safe. */
final class AttributeWriter {
  private final ProtoWriter value = new ProtoWriter();
  private final ProtoWriter pair = new ProtoWriter();

  void string(ProtoWriter out, int field, String key, String text) {
    value.clear();
    value.string(1, text);
    pair(out, field, key);
  }

  void number(ProtoWriter out, int field, String key, long number) {
    value.clear();
    value.varint(3, number);
    pair(out, field, key);
  }

  private void pair(ProtoWriter out, int field, String key) {
    pair.clear();
    pair.string(1, key);
    pair.message(2, value);
    out.message(field, pair);
  }
}
