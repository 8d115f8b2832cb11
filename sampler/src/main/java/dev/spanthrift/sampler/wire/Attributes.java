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
  private int pairAt;
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
        if (restIsOneValue()) {
          return;
        }
      } else {
        skip(tag, pairEnd, 1);
      }
    }
  }

  /** The usual order, key then value and nothing else: no need to walk on. */
  private boolean restIsOneValue() {
    int at = position;
    return pairEnd - at >= 2 && buffer[at] == VALUE && buffer[at + 1] == pairEnd - at - 2;
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
