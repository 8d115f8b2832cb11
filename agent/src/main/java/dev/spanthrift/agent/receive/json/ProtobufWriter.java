package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.json.Type.WireType;
import dev.spanthrift.sampler.wire.FieldWriter;
import java.util.Arrays;

/**
 * Writes protobuf front to back in one pass, though lengths stand before what they measure.
 *
 * <p>{@link #begin} leaves one byte for the length, which is enough below 128 bytes. Longer ones
 * are remembered, and {@link #finish} moves the bytes apart from the end, each byte once: linear in
 * time, shortest varints, one array.
 *
 * <pre>
 *   written    tag 0 content......................   long[i] = {position of the 0, length}
 *   finished   tag length-varint content.........
 * </pre>
 *
 * Long ones are kept in the order of their positions: a slot is taken at the beginning and given
 * back at the end when the length was short, because then nothing inside was long.
 */
final class ProtobufWriter {
  private static final int SHORT_MAX = 0x7F; // bytes that a length of one byte can tell
  private static final int LONG_KEPT = 4096; // long lengths that an idle writer has room for

  private byte[] buffer = new byte[0];
  private int position;
  private int sizeMax;

  private int[] longPosition = new int[LONG_KEPT];
  private int[] longLength = new int[LONG_KEPT]; // while open: growth before it began
  private int longCount;
  private int growth; // bytes that finish() will insert

  /**
   * Begins a new output.
   *
   * @param scratch written over; may be replaced by a larger one
   * @param expectedMax up to which size doubling may go, in bytes
   */
  void reset(byte[] scratch, int expectedMax) {
    buffer = scratch;
    position = 0;
    sizeMax = expectedMax;
    longCount = 0;
    growth = 0;
    if (longPosition.length > LONG_KEPT) {
      longPosition = new int[LONG_KEPT];
      longLength = new int[LONG_KEPT];
    }
  }

  byte[] buffer() {
    return buffer;
  }

  /** Next byte to write; what was written before may move in {@link #remove}. */
  int position() {
    return position;
  }

  /** Begins a message or a packed array; the answer is for {@link #end}. */
  int begin(int tag) {
    varint(tag);
    if (longCount == longPosition.length) {
      longPosition = Arrays.copyOf(longPosition, 2 * longCount);
      longLength = Arrays.copyOf(longLength, 2 * longCount);
    }
    longPosition[longCount] = position;
    longLength[longCount] = growth;
    room(1);
    buffer[position++] = 0;
    return longCount++;
  }

  void end(int slot) {
    int lengthAt = longPosition[slot];
    int length = position - lengthAt - 1 + growth - longLength[slot];
    if (length <= SHORT_MAX) {
      buffer[lengthAt] = (byte) length;
      longCount = slot;
    } else {
      longLength[slot] = length;
      growth += FieldWriter.varintSize(length) - 1;
    }
  }

  /** Writes tag and length; the caller fills the {@code length} bytes from the answer on. */
  int lengthDelimited(int tag, int length) {
    varint(tag);
    varint(length);
    room(length);
    int start = position;
    position += length;
    return start;
  }

  void payload(WireType wireType, long bits) {
    switch (wireType) {
      case VARINT -> varint(bits);
      case I64 -> littleEndian(bits, Long.BYTES);
      case I32 -> littleEndian(bits, Integer.BYTES);
      case LENGTH -> throw new IllegalArgumentException("not a number");
    }
  }

  void varint(long value) {
    room(10);
    position = FieldWriter.putVarint(buffer, position, value);
  }

  /** Takes out a range that begins and ends between fields of the innermost open message. */
  void remove(int from, int to) {
    System.arraycopy(buffer, to, buffer, from, position - to);
    position -= to - from;
    int first = Arrays.binarySearch(longPosition, 0, longCount, from);
    int kept = first < 0 ? -first - 1 : first;
    for (int slot = kept; slot < longCount; slot++) {
      if (longPosition[slot] < to) {
        growth -= FieldWriter.varintSize(longLength[slot]) - 1;
      } else {
        longPosition[kept] = longPosition[slot] - (to - from);
        longLength[kept++] = longLength[slot];
      }
    }
    longCount = kept;
  }

  /** Puts the long lengths in and answers the size of the whole, in bytes. */
  int finish() {
    int size = position + growth;
    room(growth);
    int from = position;
    int to = size;
    for (int slot = longCount - 1; slot >= 0; slot--) {
      int content = longPosition[slot] + 1;
      to -= from - content;
      System.arraycopy(buffer, content, buffer, to, from - content);
      to -= FieldWriter.varintSize(longLength[slot]);
      var _ = FieldWriter.putVarint(buffer, to, longLength[slot]);
      from = content - 1;
    }
    return size;
  }

  private void littleEndian(long bits, int bytes) {
    room(bytes);
    for (int i = 0; i < bytes; i++) {
      buffer[position++] = (byte) (bits >>> (8 * i));
    }
  }

  private void room(int bytes) {
    if (buffer.length - position < bytes) {
      int needed = Math.addExact(position, bytes);
      long doubled = Math.min(2L * buffer.length, sizeMax);
      buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
    }
  }
}
