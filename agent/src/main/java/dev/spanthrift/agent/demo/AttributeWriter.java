package dev.spanthrift.agent.demo;

import dev.spanthrift.sampler.wire.FieldWriter;

/** Writes {@code KeyValue{1 key, 2 AnyValue{1 string | 3 int}}}. Not thread-safe. */
final class AttributeWriter {
  private final FieldWriter value = new FieldWriter();
  private final FieldWriter pair = new FieldWriter();

  void string(FieldWriter out, int field, String key, String text) {
    value.clear();
    value.text(1, text);
    pair(out, field, key);
  }

  void number(FieldWriter out, int field, String key, long number) {
    value.clear();
    value.number(3, number);
    pair(out, field, key);
  }

  private void pair(FieldWriter out, int field, String key) {
    pair.clear();
    pair.text(1, key);
    pair.message(2, value);
    out.message(field, pair);
  }
}
