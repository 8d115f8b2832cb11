package dev.spanthrift.agent.demo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf fields into a growing array; a nested message is written by a second writer and
 * then copied in.
 *
 * <p>Not thread-safe; used again after {@link #clear}.
 */
final class ProtoWriter {
  private byte[] bytes = new byte[512];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  void varint(int field, long value) {
    raw(field << 3);
    raw(value);
  }

  void fixed64(int field, long value) {
    raw(field << 3 | 1);
    room(8);
    for (int i = 0; i < 8; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  void fixed32(int field, int value) {
    raw(field << 3 | 5);
    room(4);
    for (int i = 0; i < 4; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  /** An id of 8 bytes, most significant first. */
  void id(int field, long value) {
    raw(field << 3 | 2);
    raw(8);
    bigEndian(value);
  }

  /** An id of 16 bytes, most significant first. */
  void id(int field, long high, long low) {
    raw(field << 3 | 2);
    raw(16);
    bigEndian(high);
    bigEndian(low);
  }

  void string(int field, String text) {
    bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int field, byte[] value) {
    raw(field << 3 | 2);
    raw(value.length);
    append(value, value.length);
  }

  void message(int field, ProtoWriter message) {
    raw(field << 3 | 2);
    raw(message.size);
    append(message.bytes, message.size);
  }

  /** Fields that another writer holds. */
  void append(ProtoWriter fields) {
    append(fields.bytes, fields.size);
  }

  private void bigEndian(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  private void append(byte[] value, int length) {
    room(length);
    System.arraycopy(value, 0, bytes, size, length);
    size += length;
  }

  private void raw(long value) {
    room(10);
    long left = value;
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
