package dev.spanthrift.sampler.wire;

import java.util.Arrays;

/**
 * A cursor over the attributes of one message (Resource, InstrumentationScope, Span, Event), where
 * they lie.
 *
 * <pre>
 * KeyValue  1 key   2 value
 * AnyValue  1 string  2 bool  3 int  4 double  5 array  6 key-value list  7 bytes
 * </pre>
 *
 * <p>Reads a value only when asked for it. Keys that came twice are both visited. For bytes that
 * {@link Scanner} has accepted it throws nothing, for others {@link MalformedException}. One cursor
 * for each thread, used again for every message.
 */
public final class Attributes extends Wire {
  private static final int KEY = 1 << 3 | Fields.LENGTH_DELIMITED;
  private static final int VALUE = 2 << 3 | Fields.LENGTH_DELIMITED;

  /** Which of AnyValue's alternatives is set; {@link #NONE} when none is, or one not read here. */
  public static final int NONE = 0;

  public static final int STRING = 1;
  public static final int BOOL = 2;
  public static final int INT = 3;
  public static final int DOUBLE = 4;
  public static final int ARRAY = 5;
  public static final int KEY_VALUES = 6;
  public static final int BYTES = 7;

  private int wantedTag;
  private int end;
  private int pairAt; // the pair, or the part of it from the value on
  private int pairEnd;
  private int keyAt;
  private int keyLength;
  private int valueType;
  private int valueAt;
  private int valueLength;
  private long number;

  /**
   * Begins before the first attribute.
   *
   * @param field number under which the message carries attributes, as {@link
   *     Fields#ATTRIBUTES_OF_SPAN}
   */
  public Attributes over(byte[] buffer, int offset, int length, int field) {
    this.buffer = buffer;
    position = offset;
    end = offset + length;
    wantedTag = field << 3 | Fields.LENGTH_DELIMITED;
    return this;
  }

  /** Moves to the next attribute; false when there is none. */
  public boolean next() {
    while (position < end) {
      if (nextIsPlain()) {
        return true;
      }
      int tag = readTag(end);
      if (tag == wantedTag) {
        int length = readLength(end);
        pairAt = position;
        pairEnd = position + length;
        readKey();
        position = pairEnd;
        return true;
      }
      skip(tag, end, 0);
    }
    return false;
  }

  /**
   * The form that all senders use: key, value, nothing else, all lengths below 128. Reading it in
   * one go takes half the time.
   *
   * <pre>
   * tag length | 0a keyLength key | 12 valueLength value
   * </pre>
   */
  private boolean nextIsPlain() {
    byte[] bytes = buffer;
    int at = position;
    if (end - at < 6 || bytes[at] != wantedTag || bytes[at + 2] != KEY) {
      return false;
    }
    int length = bytes[at + 1];
    int key = bytes[at + 3];
    int rest = length - 4 - key; // of the value
    if (length < 0 || length > end - at - 2 || key < 0 || rest < 0) {
      return false;
    }
    int valueField = at + 4 + key;
    if (bytes[valueField] != VALUE || bytes[valueField + 1] != rest) {
      return false;
    }
    keyAt = at + 4;
    keyLength = key;
    pairAt = valueField;
    pairEnd = at + 2 + length;
    position = pairEnd;
    return true;
  }

  /** Moves to the next attribute with this key; false when there is none. */
  public boolean find(byte[] key) {
    while (next()) {
      if (keyLength == key.length
          && Arrays.equals(buffer, keyAt, keyAt + keyLength, key, 0, key.length)) {
        return true;
      }
    }
    return false;
  }

  private void readKey() {
    keyLength = 0;
    while (position < pairEnd) {
      int tag = readTag(pairEnd);
      if (tag == KEY) {
        keyLength = readLength(pairEnd);
        keyAt = advance(keyLength, pairEnd);
      } else {
        skip(tag, pairEnd, 1);
      }
    }
  }

  public byte[] buffer() {
    return buffer;
  }

  public int keyOffset() {
    return keyAt;
  }

  public int keyLength() {
    return keyLength;
  }

  /**
   * Reads the current attribute's value.
   *
   * @return its type; the methods below answer what belongs to it
   */
  public int readValue() {
    if (valueIsPlainString()) {
      return valueType;
    }
    valueType = NONE;
    int resume = position;
    position = pairAt;
    while (position < pairEnd) {
      int tag = readTag(pairEnd);
      if (tag == VALUE) { // repeated ones merge: the last alternative set wins
        int length = readLength(pairEnd);
        readAnyValue(position + length);
      } else {
        skip(tag, pairEnd, 1);
      }
    }
    position = resume;
    return valueType;
  }

  private boolean valueIsPlainString() {
    byte[] bytes = buffer;
    int at = pairAt;
    int length = pairEnd - at - 4;
    if (length < 0
        || bytes[at] != VALUE
        || bytes[at + 1] != length + 2
        || bytes[at + 2] != (STRING << 3 | Fields.LENGTH_DELIMITED)
        || bytes[at + 3] != length) {
      return false;
    }
    valueType = STRING;
    valueAt = at + 4;
    valueLength = length;
    return true;
  }

  private void readAnyValue(int limit) {
    while (position < limit) {
      int tag = readTag(limit);
      switch (tag) {
        case STRING << 3 | Fields.LENGTH_DELIMITED,
            ARRAY << 3 | Fields.LENGTH_DELIMITED,
            KEY_VALUES << 3 | Fields.LENGTH_DELIMITED,
            BYTES << 3 | Fields.LENGTH_DELIMITED -> {
          valueType = tag >>> 3;
          valueLength = readLength(limit);
          valueAt = advance(valueLength, limit);
        }
        case BOOL << 3 | Fields.VARINT, INT << 3 | Fields.VARINT -> {
          valueType = tag >>> 3;
          number = readVarint(limit);
        }
        case DOUBLE << 3 | Fields.FIXED64 -> {
          valueType = DOUBLE;
          number = readFixed64(limit);
        }
        default -> skip(tag, limit, 2);
      }
    }
  }

  /** Of a string, bytes, array or key-value list: where it begins. */
  public int valueOffset() {
    return valueAt;
  }

  /** Of a string, bytes, array or key-value list: its bytes. */
  public int valueLength() {
    return valueLength;
  }

  public boolean boolValue() {
    return number != 0;
  }

  public long intValue() {
    return number;
  }

  public double doubleValue() {
    return Double.longBitsToDouble(number);
  }
}
