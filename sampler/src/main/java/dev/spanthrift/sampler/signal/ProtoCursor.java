package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.wire.MalformedException;

/**
 * Walks the fields of one protobuf message where it lies.
 *
 * <pre>
 *   tag = field number &lt;&lt; 3 | wire type    0 varint · 1 fixed64 · 2 length, bytes · 5 fixed32
 * </pre>
 */
public final class ProtoCursor {
  private byte[] buffer = new byte[0];
  private int position;
  private int end;
  private int field;
  private int wireType;
  private long value;
  private int start;
  private int length;

  /** Starts over on a message. */
  public ProtoCursor on(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    position = offset;
    end = offset + length;
    return this;
  }

  /** Goes to the next field; false at the end of the message. */
  public boolean next() {
    if (position >= end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    length = 0;
    switch (wireType) {
      case 0 -> value = varint();
      case 1 -> value = fixed(8);
      case 2 -> bytes();
      case 5 -> value = fixed(4);
      default -> throw new MalformedException("wire type " + wireType, position);
    }
    return true;
  }

  private void bytes() {
    value = varint();
    start = position;
    if (value < 0 || value > end - position) {
      throw new MalformedException("length " + value + " beyond the message", position);
    }
    length = (int) value;
    position += length;
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end) {
        throw new MalformedException("message ends inside a varint", position);
      }
      byte b = buffer[position++];
      result |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw new MalformedException("varint longer than 10 bytes", position);
  }

  private long fixed(int bytes) {
    if (position + bytes > end) {
      throw new MalformedException("message ends inside a fixed field", position);
    }
    long result = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      result = result << 8 | (buffer[position + i] & 0xff);
    }
    position += bytes;
    return result;
  }

  public int field() {
    return field;
  }

  public int wireType() {
    return wireType;
  }

  /** Whether the field is a message, string or bytes. */
  public boolean isBytes() {
    return wireType == 2;
  }

  /** Varint or fixed value. */
  public long value() {
    return value;
  }

  public byte[] buffer() {
    return buffer;
  }

  /** Offset of a bytes field's content. */
  public int start() {
    return start;
  }

  public int length() {
    return length;
  }

  /** Offset of what comes after this field. */
  public int position() {
    return position;
  }
}
