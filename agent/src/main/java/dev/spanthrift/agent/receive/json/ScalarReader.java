package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.json.Type.Enumeration;
import dev.spanthrift.agent.receive.json.Type.Field;
import dev.spanthrift.agent.receive.json.Type.Message;
import dev.spanthrift.agent.receive.json.Type.Scalar;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the parser's current token as a scalar, and says where it is none. */
final class ScalarReader {
  private final JsonParser parser;
  private final ProtobufWriter out;

  ScalarReader(JsonParser parser, ProtobufWriter out) {
    this.parser = parser;
    this.out = out;
  }

  void write(Field field, Scalar scalar) {
    switch (scalar) {
      case STRING -> string(field);
      case HEX -> hex(field);
      case BYTES -> base64(field);
      case BOOL, INT32, UINT32, SINT32, FIXED32, INT64, UINT64, FIXED64, SFIXED64, DOUBLE ->
          number(field);
    }
  }

  void number(Field field) {
    long bits = bits(field.type());
    if (bits != 0 || field.keepsZero()) {
      out.varint(field.tag());
      out.payload(field.type().wireType(), bits);
    }
  }

  private void string(Field field) {
    expect(JsonToken.VALUE_STRING, "a string");
    char[] text = parser.getStringCharacters();
    int start = parser.getStringOffset();
    int length = parser.getStringLength();
    if (isWritten(field, length)) {
      int at = out.lengthDelimited(field.tag(), Utf8.size(text, start, length));
      Utf8.put(text, start, length, out.buffer(), at);
    }
  }

  private void hex(Field field) {
    expect(JsonToken.VALUE_STRING, "hex digits in quotes");
    char[] text = parser.getStringCharacters();
    int start = parser.getStringOffset();
    int length = parser.getStringLength();
    if (!BinaryText.isHex(text, start, length)) {
      throw malformed("an id must be an even number of hex digits");
    }
    if (isWritten(field, length)) {
      int at = out.lengthDelimited(field.tag(), length / 2);
      BinaryText.putHex(text, start, length, out.buffer(), at);
    }
  }

  private void base64(Field field) {
    expect(JsonToken.VALUE_STRING, "base64 in quotes");
    char[] text = parser.getStringCharacters();
    int start = parser.getStringOffset();
    int digits = BinaryText.base64Length(text, start, parser.getStringLength());
    if (digits < 0) {
      throw malformed("this is not base64");
    }
    if (isWritten(field, digits)) {
      int at = out.lengthDelimited(field.tag(), BinaryText.base64Size(digits));
      BinaryText.putBase64(text, start, digits, out.buffer(), at);
    }
  }

  /** Empty is the same as unset, except inside an array or a oneof. */
  private static boolean isWritten(Field field, int length) {
    return length > 0 || field.repeated() || field.keepsZero();
  }

  /** The payload of a number as the wire has it. */
  long bits(Type type) {
    return switch (type) {
      case Enumeration enumeration -> enumNumber(enumeration);
      case Message _ -> throw new IllegalArgumentException("not a number");
      case Scalar scalar ->
          switch (scalar) {
            case BOOL -> bool();
            case INT32 -> ranged(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case SINT32 -> zigZag(ranged(Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32, FIXED32 -> ranged(0, 0xFFFF_FFFFL);
            case INT64, SFIXED64 -> whole(false);
            case UINT64, FIXED64 -> whole(true);
            case DOUBLE -> real();
            case STRING, HEX, BYTES -> throw new IllegalArgumentException("not a number");
          };
    };
  }

  private long bool() {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> 1;
      case VALUE_FALSE -> 0;
      case null, default -> throw malformed("expected true or false");
    };
  }

  private long enumNumber(Enumeration enumeration) {
    if (parser.hasToken(JsonToken.VALUE_STRING)) {
      Integer number = enumeration.numbers().get(parser.getString());
      if (number != null) {
        return number;
      }
    }
    return ranged(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long zigZag(long value) {
    return value << 1 ^ value >> 63;
  }

  private long ranged(long min, long max) {
    long value = whole(false);
    if (value < min || value > max) {
      throw malformed("the number does not fit in 32 bits");
    }
    return value;
  }

  private long whole(boolean unsigned) {
    expectNumber();
    try {
      return Digits.whole(
          parser.getStringCharacters(),
          parser.getStringOffset(),
          parser.getStringLength(),
          unsigned);
    } catch (NumberFormatException e) {
      throw malformed("expected a whole number" + (unsigned ? " from 0 on" : "") + " in 64 bits");
    }
  }

  private long real() {
    expectNumber();
    try {
      return Digits.doubleBits(
          parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
    } catch (NumberFormatException e) {
      throw malformed("expected a number that a double can hold");
    }
  }

  private void expectNumber() {
    JsonToken token = parser.currentToken();
    if (token == null || (!token.isNumeric() && token != JsonToken.VALUE_STRING)) {
      throw malformed("expected a number, found " + described(token));
    }
  }

  void expect(JsonToken token, String what) {
    if (!parser.hasToken(token)) {
      throw malformed("expected " + what + ", found " + described(parser.currentToken()));
    }
  }

  private static String described(@Nullable JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case null, default -> "something else";
    };
  }

  MalformedJsonException malformed(String what) {
    return new MalformedJsonException(parser.streamReadContext().pathAsPointer().toString(), what);
  }
}
