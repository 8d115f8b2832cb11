package dev.spanthrift.sampler.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf fields one after the other into an array that grows: what {@link FieldCursor}
 * reads again.
 *
 * <p>A nested message is written by a second writer and then copied in. Used again after {@link
 * #clear}; not thread-safe.
 */
public final class FieldWriter {
  private byte[] buffer = new byte[128];
  private int size;

  /** Begins anew, in the same array. */
  public FieldWriter clear() {
    size = 0;
    return this;
  }

  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  /** A varint field, written even when it is 0. */
  public FieldWriter number(int field, long value) {
    return tag(field, Fields.VARINT).varint(value);
  }

  /** A varint field that is left out when it is 0, as proto3 does. */
  public FieldWriter nonZero(int field, long value) {
    return value == 0 ? this : number(field, value);
  }

  public FieldWriter fixed64(int field, long value) {
    int at = tag(field, Fields.FIXED64).room(8);
    Wire.LITTLE_LONG.set(buffer, at, value);
    return this;
  }

  public FieldWriter fixed32(int field, int value) {
    int at = tag(field, Fields.FIXED32).room(4);
    Wire.LITTLE_INT.set(buffer, at, value);
    return this;
  }

  /** An id of 8 bytes, most significant first. */
  public FieldWriter id(int field, long value) {
    int at = tag(field, Fields.LENGTH_DELIMITED).varint(8).room(8);
    Wire.BIG_LONG.set(buffer, at, value);
    return this;
  }

  /** An id of 16 bytes, most significant first. */
  public FieldWriter id(int field, long high, long low) {
    int at = tag(field, Fields.LENGTH_DELIMITED).varint(16).room(16);
    Wire.BIG_LONG.set(buffer, at, high);
    Wire.BIG_LONG.set(buffer, at + 8, low);
    return this;
  }

  public FieldWriter text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A text that is left out when it is empty, as proto3 does. */
  public FieldWriter nonEmpty(int field, String text) {
    return text.isEmpty() ? this : text(field, text);
  }

  /** Text, bytes or a message; written even when empty. */
  public FieldWriter bytes(int field, byte[] value) {
    return bytes(field, value, 0, value.length);
  }

  public FieldWriter bytes(int field, byte[] source, int offset, int length) {
    return tag(field, Fields.LENGTH_DELIMITED).varint(length).append(source, offset, length);
  }

  public FieldWriter message(int field, FieldWriter message) {
    return bytes(field, message.buffer, 0, message.size);
  }

  /** Fields that another writer holds. */
  public FieldWriter append(FieldWriter fields) {
    return append(fields.buffer, 0, fields.size);
  }

  /** Bytes as they are. */
  public FieldWriter append(byte[] source) {
    return append(source, 0, source.length);
  }

  public FieldWriter append(byte[] source, int offset, int length) {
    int at = room(length);
    System.arraycopy(source, offset, buffer, at, length);
    return this;
  }

  /** A number without a tag. */
  public FieldWriter varint(long value) {
    int at = room(varintSize(value));
    var _ = putVarint(buffer, at, value);
    return this;
  }

  /** One byte as it is. */
  public FieldWriter octet(int value) {
    int at = room(1);
    buffer[at] = (byte) value;
    return this;
  }

  private FieldWriter tag(int field, int wireType) {
    return varint((long) field << 3 | wireType);
  }

  /** Where so many bytes begin that are now part of what was written. */
  private int room(int more) {
    int at = size;
    size = Math.addExact(at, more);
    if (size > buffer.length) {
      buffer = Arrays.copyOf(buffer, Scratch.grown(buffer.length, size));
    }
    return at;
  }

  /** Bytes that a number takes. */
  public static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Writes a number and answers where it ends. */
  public static int putVarint(byte[] out, int at, long value) {
    long rest = value;
    int next = at;
    while ((rest & ~0x7fL) != 0) {
      out[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[next++] = (byte) rest;
    return next;
  }
}
