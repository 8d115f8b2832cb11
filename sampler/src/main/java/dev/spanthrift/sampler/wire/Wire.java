package dev.spanthrift.sampler.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A position in protobuf bytes, and the few reads that the wire format knows.
 *
 * <p>Every read stays below the limit it is given and throws {@link MalformedException} otherwise.
 * Source: protobuf.dev, "Encoding"; limits on varints and depth as in protobuf-java.
 */
class Wire {
  /** Nested messages and groups, as in protobuf-java. */
  static final int DEPTH_MAX = 100;

  static final VarHandle LITTLE_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LITTLE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle BIG_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  byte[] buffer = new byte[0];
  int position;

  /** A tag, in one byte nearly always. */
  final int readTag(int limit) {
    int at = position;
    if (at < limit) {
      int first = buffer[at];
      if (first >= 8) { // one byte, field number at least 1
        position = at + 1;
        return first;
      }
    }
    return readLongTag(limit);
  }

  private int readLongTag(int limit) {
    int start = position;
    int tag = (int) readVarint(limit);
    if (tag >>> 3 == 0) {
      throw new MalformedException("field number 0", start);
    }
    return tag;
  }

  /** A length, checked against the limit. */
  final int readLength(int limit) {
    int at = position;
    if (at < limit) {
      int first = buffer[at];
      if (first >= 0) {
        position = at + 1;
        if (first > limit - at - 1) {
          throw new MalformedException("length " + first + " beyond its message", at);
        }
        return first;
      }
    }
    return readLongLength(limit);
  }

  private int readLongLength(int limit) {
    int start = position;
    int length = (int) readVarint(limit);
    if (length < 0 || length > limit - position) {
      throw new MalformedException("length " + length + " beyond its message", start);
    }
    return length;
  }

  final long readVarint(int limit) {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at >= limit) {
        throw new MalformedException("truncated varint", at);
      }
      byte next = buffer[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        position = at;
        return value;
      }
    }
    throw new MalformedException("varint of more than 10 bytes", position);
  }

  final long readFixed64(int limit) {
    return (long) LITTLE_LONG.get(buffer, advance(8, limit));
  }

  final int readFixed32(int limit) {
    return (int) LITTLE_INT.get(buffer, advance(4, limit));
  }

  /** Moves over bytes and answers where they began. */
  final int advance(int bytes, int limit) {
    int at = position;
    if (bytes > limit - at) {
      throw new MalformedException("truncated field", at);
    }
    position = at + bytes;
    return at;
  }

  /** Skips the value of a field that nobody reads. */
  final void skip(int tag, int limit, int depth) {
    switch (tag & 7) {
      case Fields.VARINT -> readVarint(limit);
      case Fields.FIXED64 -> advance(8, limit);
      case Fields.LENGTH_DELIMITED -> {
        int length = readLength(limit);
        position += length;
      }
      case Fields.START_GROUP -> skipGroup(tag >>> 3, limit, depth + 1);
      case Fields.FIXED32 -> advance(4, limit);
      default -> throw new MalformedException("wire type " + (tag & 7), position);
    }
  }

  private void skipGroup(int field, int limit, int depth) {
    if (depth > DEPTH_MAX) {
      throw new MalformedException("nested deeper than " + DEPTH_MAX, position);
    }
    while (true) {
      int tag = readTag(limit);
      if ((tag & 7) == Fields.END_GROUP) {
        if (tag >>> 3 != field) {
          throw new MalformedException("end of another group", position);
        }
        return;
      }
      skip(tag, limit, depth);
    }
  }
}
