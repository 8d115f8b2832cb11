package dev.spanthrift.agent.receive.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Messages as OTLP/JSON, in every spelling that a receiver has to take.
 *
 * <p>Plain prints what OTLP says that one should print; the others say the same in ways that a
 * random number chooses.
 */
public final class OtlpJsonPrinter {
  /** How far from plain. */
  public enum Style {
    PLAIN,
    /** Other spellings, unknown fields, nulls, keys given twice; fields in the order of numbers. */
    LENIENT,
    /** As lenient, fields in any order. */
    SHUFFLED
  }

  private static final String[] UNKNOWN = {
    "\"x\":{\"y\":[1,{\"traceId\":3}]}", "\"dropped_attributes_count\":7", "\"\":null",
    "\"Name\":\"\\ud83d\"", "\"trace_id\":[[],{},true,-1.5e300]", "\"resourceSpansX\":false",
  };

  private final Random random;
  private final Style style;
  private final RandomRequest others;

  public OtlpJsonPrinter(Style style, Random random) {
    this.random = random;
    this.style = style;
    this.others = new RandomRequest(random);
  }

  public String print(Message message) {
    List<String> members = new ArrayList<>();
    for (FieldDescriptor field : byNumber(message)) {
      boolean isSet =
          field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
      if (isSet) {
        members.add(member(field, text(field, message.getField(field))));
      } else if (rarely()) {
        members.add(unset(field, message));
      }
    }
    if (style == Style.SHUFFLED) {
      Collections.shuffle(members, random);
    }
    List<String> all = withNoise(members, message);
    return all.stream().collect(Collectors.joining(space() + "," + space(), "{", space() + "}"));
  }

  private static List<FieldDescriptor> byNumber(Message message) {
    return message.getDescriptorForType().getFields().stream()
        .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
        .toList();
  }

  /** {@code hasField} is false for a zero without presence, which may be printed all the same. */
  private String unset(FieldDescriptor field, Message message) {
    boolean printable = !field.hasPresence() && random.nextBoolean();
    return member(field, printable ? text(field, message.getField(field)) : "null");
  }

  private List<String> withNoise(List<String> members, Message message) {
    List<String> all = new ArrayList<>(members);
    if (rarely()) {
      all.add(random.nextInt(all.size() + 1), UNKNOWN[random.nextInt(UNKNOWN.length)]);
    }
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getRealContainingOneof() == null && rarely()) {
        overridden(all, field, message);
      }
    }
    return all;
  }

  /** Puts another value of the same field somewhere before the one that is meant. */
  private void overridden(List<String> all, FieldDescriptor field, Message message) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).startsWith('"' + field.getJsonName() + "\":")) {
        String other = member(field, text(field, others.other(field, message)));
        all.add(random.nextInt(i + 1), other);
        return;
      }
    }
  }

  private static String member(FieldDescriptor field, String value) {
    return '"' + field.getJsonName() + "\":" + value;
  }

  private String text(FieldDescriptor field, Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(v -> single(field, v)).collect(Collectors.joining(",", "[", "]"));
    }
    return single(field, value);
  }

  private String single(FieldDescriptor field, Object value) {
    return switch (field.getType()) {
      case MESSAGE, GROUP -> print((Message) value);
      case STRING -> quoted((String) value);
      case BYTES -> '"' + bytes(field, (ByteString) value) + '"';
      case BOOL -> value.toString();
      case DOUBLE, FLOAT -> real((Double) value);
      case ENUM -> enumText((EnumValueDescriptor) value);
      case INT32, SINT32, SFIXED32 -> number(value.toString(), rarely());
      case UINT32, FIXED32 -> number(Integer.toUnsignedString((Integer) value), rarely());
      case INT64, SINT64, SFIXED64 -> number(value.toString(), !rarely());
      case UINT64, FIXED64 -> number(Long.toUnsignedString((Long) value), !rarely());
    };
  }

  private String number(String digits, boolean quoted) {
    boolean exponent = digits.endsWith("000") && rarely();
    String text = exponent ? digits.substring(0, digits.length() - 3) + "e3" : digits;
    return quoted ? '"' + text + '"' : text;
  }

  private String real(double value) {
    return Double.isFinite(value) ? number(Double.toString(value), rarely()) : "\"" + value + "\"";
  }

  private String enumText(EnumValueDescriptor value) {
    boolean named = value.getIndex() >= 0 && rarely();
    return named ? '"' + value.getName() + '"' : Integer.toString(value.getNumber());
  }

  private String bytes(FieldDescriptor field, ByteString value) {
    byte[] bytes = value.toByteArray();
    if (Requests.isId(field)) {
      return (rarely() ? HexFormat.of().withUpperCase() : HexFormat.of()).formatHex(bytes);
    }
    Base64.Encoder encoder = rarely() ? Base64.getUrlEncoder() : Base64.getEncoder();
    return (rarely() ? encoder.withoutPadding() : encoder).encodeToString(bytes);
  }

  private String quoted(String value) {
    StringBuilder json = new StringBuilder("\"");
    for (int point : value.codePoints().toArray()) {
      String text = Character.toString(point);
      if (point == '"' || point == '\\') {
        json.append('\\').append(text);
      } else if (point < 0x20 || rarely()) {
        text.chars().forEach(c -> json.append("\\u").append(HexFormat.of().toHexDigits((char) c)));
      } else {
        json.append(text);
      }
    }
    return json.append('"').toString();
  }

  private String space() {
    return rarely() ? " \n\t" : "";
  }

  private boolean rarely() {
    return style != Style.PLAIN && random.nextInt(6) == 0;
  }
}
