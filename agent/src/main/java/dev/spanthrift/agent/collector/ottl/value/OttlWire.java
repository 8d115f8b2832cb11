package dev.spanthrift.agent.collector.ottl.value;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Opaque;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.FieldCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of attributes, read where they lie.
 *
 * <pre>
 * AnyValue   1 string  2 bool  3 int  4 double  5 ArrayValue  6 KeyValueList  7 bytes
 * ArrayValue 1 AnyValue*      KeyValueList 1 KeyValue*      KeyValue 1 key  2 AnyValue
 * </pre>
 */
final class OttlWire {
  private static final int DEPTH_MAX = 64;

  private OttlWire() {}

  /** The value of the attribute at hand. */
  static @Nullable Object value(Attributes at) {
    return switch (at.readValue()) {
      case Attributes.STRING -> SpanView.text(at.buffer(), at.valueOffset(), at.valueLength());
      case Attributes.INT -> at.intValue();
      case Attributes.DOUBLE -> at.doubleValue();
      case Attributes.BOOL -> at.boolValue();
      case Attributes.NONE -> null;
      default -> inner(at.readValue(), at.buffer(), at.valueOffset(), at.valueLength(), 0);
    };
  }

  private static Object inner(int type, byte[] buffer, int offset, int length, int depth) {
    if (type == Attributes.BYTES) {
      return new Bytes(Arrays.copyOfRange(buffer, offset, offset + length));
    }
    if (depth == DEPTH_MAX) {
      return new Opaque("nested deeper than " + DEPTH_MAX, 0);
    }
    FieldCursor fields = new FieldCursor().on(buffer, offset, length);
    return type == Attributes.ARRAY ? items(fields, depth) : pairs(fields, depth);
  }

  private static Items items(FieldCursor fields, int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    while (fields.next()) {
      if (fields.field() == 1 && fields.isBytes()) {
        items.add(any(fields.buffer(), fields.start(), fields.length(), depth + 1));
      }
    }
    return new Items(items, false);
  }

  private static Pairs pairs(FieldCursor fields, int depth) {
    List<String> keys = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    FieldCursor pair = new FieldCursor();
    while (fields.next()) {
      if (fields.field() == 1 && fields.isBytes()) {
        pair.on(fields.buffer(), fields.start(), fields.length());
        String key = "";
        Object value = null;
        while (pair.next()) {
          if (pair.field() == 1 && pair.isBytes()) {
            key = SpanView.text(pair.buffer(), pair.start(), pair.length());
          } else if (pair.field() == 2 && pair.isBytes()) {
            value = any(pair.buffer(), pair.start(), pair.length(), depth + 1);
          }
        }
        keys.add(key);
        values.add(value);
      }
    }
    return new Pairs(keys, values);
  }

  private static @Nullable Object any(byte[] buffer, int offset, int length, int depth) {
    FieldCursor fields = new FieldCursor().on(buffer, offset, length);
    Object value = null;
    while (fields.next()) {
      value =
          switch (fields.field()) {
            case Attributes.STRING ->
                SpanView.text(fields.buffer(), fields.start(), fields.length());
            case Attributes.BOOL -> fields.value() != 0;
            case Attributes.INT -> fields.value();
            case Attributes.DOUBLE -> Double.longBitsToDouble(fields.value());
            case Attributes.ARRAY, Attributes.KEY_VALUES, Attributes.BYTES ->
                inner(fields.field(), buffer, fields.start(), fields.length(), depth);
            default -> value;
          };
    }
    return value;
  }
}
