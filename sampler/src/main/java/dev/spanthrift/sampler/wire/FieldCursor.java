package dev.spanthrift.sampler.wire;

/**
 * Walks the fields of one message where it lies, for readers that want a few of them.
 *
 * <p>Groups are stepped over like any unknown field. For bytes that {@link Scanner} has accepted it
 * throws nothing, for others {@link MalformedException}.
 */
public final class FieldCursor extends Wire {
  private int end;
  private int tag;
  private long value;
  private int start;
  private int length;

  /** Starts over on a message. */
  public FieldCursor on(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    position = offset;
    end = offset + length;
    return this;
  }

  /** Goes to the next field that is not a group; false at the end of the message. */
  public boolean next() {
    while (position < end) {
      tag = readTag(end);
      length = 0;
      switch (wireType()) {
        case Fields.VARINT -> value = readVarint(end);
        case Fields.FIXED64 -> value = readFixed64(end);
        case Fields.FIXED32 -> value = readFixed32(end) & 0xffffffffL;
        case Fields.LENGTH_DELIMITED -> {
          length = readLength(end);
          start = advance(length, end);
        }
        default -> {
          skip(tag, end, 0);
          continue;
        }
      }
      return true;
    }
    return false;
  }

  public int field() {
    return tag >>> 3;
  }

  public int wireType() {
    return tag & 7;
  }

  /** Whether the field is a message, string or bytes. */
  public boolean isBytes() {
    return wireType() == Fields.LENGTH_DELIMITED;
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
