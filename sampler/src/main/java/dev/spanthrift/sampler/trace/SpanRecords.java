package dev.spanthrift.sampler.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * A record of 48 bytes for each waiting span, in chunks, linked into one list for each fragment.
 *
 * <pre>
 * 0  span id
 * 1  parent span id
 * 2  duration, ns
 * 3  location of the bytes
 * 4  bytes (32) | next record (32)
 * 5  context (22) | operation (20) | signature (16) | flags (6)
 * </pre>
 */
final class SpanRecords {
  static final int NONE = -1;
  static final int OPERATION_MAX = (1 << 20) - 1;
  static final int SIGNATURE_MAX = (1 << 16) - 1;
  static final int CONTEXT_MAX = (1 << 22) - 1;
  static final int RECORD_BYTES = 48;

  private static final int WIDTH = 6;
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;

  private final List<long[]> chunks = new ArrayList<>();
  private int free = NONE;
  private int used;
  private int next; // never used so far

  int add(
      long spanId,
      long parentId,
      long duration,
      long location,
      int bytes,
      int context,
      int operation,
      int signature,
      int flags) {
    int record = take();
    long[] chunk = chunk(record);
    int at = at(record);
    chunk[at] = spanId;
    chunk[at + 1] = parentId;
    chunk[at + 2] = duration;
    chunk[at + 3] = location;
    chunk[at + 4] = (long) bytes << 32 | (NONE & 0xffffffffL);
    chunk[at + 5] =
        (long) context << 42 | (long) operation << 22 | (long) signature << 6 | (flags & 0x3f);
    return record;
  }

  private int take() {
    used++;
    if (free != NONE) {
      int record = free;
      free = next(record);
      return record;
    }
    if (next >> CHUNK_BITS == chunks.size()) {
      chunks.add(new long[WIDTH << CHUNK_BITS]);
    }
    return next++;
  }

  void release(int record) {
    setNext(record, free);
    free = record;
    used--;
  }

  /** Bytes of the records in use; the chunks of a past peak stay for the next one. */
  long bytes() {
    return (long) used * RECORD_BYTES;
  }

  int used() {
    return used;
  }

  private long[] chunk(int record) {
    return chunks.get(record >> CHUNK_BITS);
  }

  private static int at(int record) {
    return (record & CHUNK_MASK) * WIDTH;
  }

  int next(int record) {
    return (int) chunk(record)[at(record) + 4];
  }

  void setNext(int record, int nextRecord) {
    long[] chunk = chunk(record);
    int at = at(record) + 4;
    chunk[at] = chunk[at] & 0xffffffff00000000L | (nextRecord & 0xffffffffL);
  }

  long spanId(int record) {
    return chunk(record)[at(record)];
  }

  long parentId(int record) {
    return chunk(record)[at(record) + 1];
  }

  long duration(int record) {
    return chunk(record)[at(record) + 2];
  }

  long location(int record) {
    return chunk(record)[at(record) + 3];
  }

  int bytes(int record) {
    return (int) (chunk(record)[at(record) + 4] >>> 32);
  }

  int context(int record) {
    return (int) (chunk(record)[at(record) + 5] >>> 42);
  }

  int operation(int record) {
    return (int) (chunk(record)[at(record) + 5] >>> 22) & OPERATION_MAX;
  }

  int signature(int record) {
    return (int) (chunk(record)[at(record) + 5] >>> 6) & SIGNATURE_MAX;
  }

  int flags(int record) {
    return (int) chunk(record)[at(record) + 5] & 0x3f;
  }
}
