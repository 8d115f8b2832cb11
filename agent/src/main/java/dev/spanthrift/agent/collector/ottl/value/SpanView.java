package dev.spanthrift.agent.collector.ottl.value;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Id;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Events;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.Fields;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One span, and perhaps one of its events, where its bytes lie. Used again for every span. */
public final class SpanView {
  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);

  private final Attributes attributes = new Attributes();
  private final FieldCursor fields = new FieldCursor();
  private final Events events = new Events();
  private Batch batch = NOTHING;
  private int row;

  /** Which message's attributes are meant. */
  public enum Part {
    SPAN,
    EVENT,
    SCOPE,
    RESOURCE
  }

  public void on(Batch newBatch, int newRow) {
    batch = newBatch;
    row = newRow;
    events.over(batch.buffer(), batch.body(row), batch.end(row) - batch.body(row));
  }

  /** Goes on to the next event; false behind the last one. */
  public boolean nextEvent() {
    return events.next();
  }

  public Batch batch() {
    return batch;
  }

  public int row() {
    return row;
  }

  /** Goes to the message; what is read of it then is read with the cursor given back. */
  private FieldCursor message(Part part) {
    switch (part) {
      case SPAN -> fields.on(batch.buffer(), batch.body(row), batch.end(row) - batch.body(row));
      case EVENT -> fields.on(batch.buffer(), events.bodyOffset(), events.bodyLength());
      case SCOPE -> on(batch.scopes(), batch.scope(row));
      case RESOURCE -> on(batch.resources(), batch.resourceOfScope(batch.scope(row)));
    }
    return fields;
  }

  private void on(Envelopes messages, int at) {
    fields.on(messages.messageBuffer(at), messages.messageOffset(at), messages.messageLength(at));
  }

  private static int attributesField(Part part) {
    return switch (part) {
      case SPAN -> Fields.ATTRIBUTES_OF_SPAN;
      case EVENT -> Fields.ATTRIBUTES_OF_EVENT;
      case SCOPE -> Fields.ATTRIBUTES_OF_SCOPE;
      case RESOURCE -> Fields.ATTRIBUTES_OF_RESOURCE;
    };
  }

  private Attributes attributes(Part part) {
    int field = attributesField(part);
    switch (part) {
      case SPAN ->
          attributes.over(batch.buffer(), batch.body(row), batch.end(row) - batch.body(row), field);
      case EVENT ->
          attributes.over(batch.buffer(), events.bodyOffset(), events.bodyLength(), field);
      case SCOPE -> over(batch.scopes(), batch.scope(row), field);
      case RESOURCE -> over(batch.resources(), batch.resourceOfScope(batch.scope(row)), field);
    }
    return attributes;
  }

  private void over(Envelopes messages, int at, int field) {
    attributes.over(
        messages.messageBuffer(at), messages.messageOffset(at), messages.messageLength(at), field);
  }

  /** Whether there is an attribute of the key; the first one is {@link #found}. */
  public boolean find(Part part, byte[] key) {
    return attributes(part).find(key);
  }

  /** Its value; null when it is empty. */
  public @Nullable Object found() {
    return OttlWire.value(attributes);
  }

  public Pairs attributesOf(Part part) {
    Attributes all = attributes(part);
    List<String> keys = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    while (all.next()) {
      keys.add(text(all.buffer(), all.keyOffset(), all.keyLength()));
      values.add(OttlWire.value(all));
    }
    return new Pairs(keys, values);
  }

  /** A number of the message; 0 when it is not set. */
  public long number(Part part, int field) {
    FieldCursor cursor = message(part);
    long number = 0;
    while (cursor.next()) {
      if (cursor.field() == field && !cursor.isBytes()) {
        number = cursor.value();
      }
    }
    return number;
  }

  /** A text of the message; empty when it is not set. */
  public String text(Part part, int field) {
    FieldCursor cursor = message(part);
    String text = "";
    while (cursor.next()) {
      if (cursor.field() == field && cursor.isBytes()) {
        text = text(cursor.buffer(), cursor.start(), cursor.length());
      }
    }
    return text;
  }

  /** How often the span has the field. */
  public int count(int field) {
    FieldCursor cursor = message(Part.SPAN);
    int count = 0;
    while (cursor.next()) {
      count += cursor.field() == field && cursor.isBytes() ? 1 : 0;
    }
    return count;
  }

  /** An id of so many bytes; zeros where it is not set. */
  public Id id(int field, int length) {
    FieldCursor cursor = message(Part.SPAN);
    byte[] id = new byte[length];
    while (cursor.next()) {
      if (cursor.field() == field && cursor.isBytes() && cursor.length() == length) {
        id = Arrays.copyOfRange(cursor.buffer(), cursor.start(), cursor.start() + length);
      }
    }
    return new Id(new Bytes(id));
  }

  /** The field of a message inside the span, as a text. */
  public String textInside(int message, int field) {
    FieldCursor inner = new FieldCursor();
    FieldCursor cursor = message(Part.SPAN);
    String text = "";
    while (cursor.next()) {
      if (cursor.field() == message && cursor.isBytes()) {
        inner.on(cursor.buffer(), cursor.start(), cursor.length());
        while (inner.next()) {
          if (inner.field() == field && inner.isBytes()) {
            text = text(inner.buffer(), inner.start(), inner.length());
          }
        }
      }
    }
    return text;
  }

  public static Instant time(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  public static String text(byte[] buffer, int offset, int length) {
    return new String(buffer, offset, length, StandardCharsets.UTF_8);
  }
}
