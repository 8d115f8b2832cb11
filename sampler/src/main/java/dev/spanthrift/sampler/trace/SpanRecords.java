package dev.spanthrift.sampler.trace;

/**
 * A record of 48 bytes for each waiting span, linked into one list for each fragment.
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
  static final int NONE = Rows.NONE;
  static final int OPERATION_MAX = (1 << 20) - 1;
  static final int SIGNATURE_MAX = (1 << 16) - 1;
  static final int CONTEXT_MAX = (1 << 22) - 1;
  private static final int WIDTH = 6;

  private final Rows rows = new Rows(WIDTH, 10);

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
    int record = rows.take();
    long[] chunk = rows.chunk(record);
    int at = rows.at(record);
    chunk[at] = spanId;
    chunk[at + 1] = parentId;
    chunk[at + 2] = duration;
    chunk[at + 3] = location;
    chunk[at + 4] = Rows.pair(bytes, NONE);
    chunk[at + 5] =
        (long) context << 42 | (long) operation << 22 | (long) signature << 6 | (flags & 0x3f);
    return record;
  }

  void release(int record) {
    rows.release(record);
  }

  /** Bytes of memory, whether in use or not. */
  long bytes() {
    return rows.bytes();
  }

  int used() {
    return rows.size();
  }

  int next(int record) {
    return rows.lower(record, 4);
  }

  void setNext(int record, int nextRecord) {
    rows.setLower(record, 4, nextRecord);
  }

  long spanId(int record) {
    return rows.get(record, 0);
  }

  long parentId(int record) {
    return rows.get(record, 1);
  }

  long duration(int record) {
    return rows.get(record, 2);
  }

  long location(int record) {
    return rows.get(record, 3);
  }

  int bytes(int record) {
    return rows.upper(record, 4);
  }

  int context(int record) {
    return (int) (rows.get(record, 5) >>> 42);
  }

  int operation(int record) {
    return (int) (rows.get(record, 5) >>> 22) & OPERATION_MAX;
  }

  int signature(int record) {
    return (int) (rows.get(record, 5) >>> 6) & SIGNATURE_MAX;
  }

  int flags(int record) {
    return rows.lower(record, 5) & 0x3f;
  }
}
