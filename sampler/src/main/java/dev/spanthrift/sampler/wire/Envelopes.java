package dev.spanthrift.sampler.wire;

import java.util.Arrays;

/**
 * The messages around spans, ResourceSpans or ScopeSpans, without their children: what must be
 * written again around those that are kept.
 *
 * <pre>
 * body   [ head: resource, … ][ child ][ child ] … [ tail: schema_url, … ]
 * </pre>
 *
 * <p>Where fields stand between children, the tail is all fields behind the first child: another
 * order, the same message.
 */
public final class Envelopes {
  private static final int COLUMNS = 7; // columns of a row, in ints
  private static final int LEAST_ROWS = 8;
  private static final int BODY = 0;
  private static final int BODY_END = 1;
  private static final int FIRST_CHILD = 2;
  private static final int LAST_CHILD_END = 3;
  private static final int CHILD_BYTES = 4;
  private static final int MESSAGE = 5;
  private static final int MESSAGE_LENGTH = 6;

  private byte[] buffer = new byte[0];
  private int[] rows = new int[COLUMNS * LEAST_ROWS];
  private byte[][] merged = new byte[LEAST_ROWS][]; // only where a message was repeated
  private int size;

  void clear(byte[] buffer) {
    this.buffer = buffer;
    Arrays.fill(merged, 0, size, null);
    size = 0;
    resize(Scratch.rowsKept(merged.length, LEAST_ROWS));
  }

  private void resize(int capacity) {
    if (capacity != merged.length) {
      rows = Arrays.copyOf(rows, capacity * COLUMNS);
      merged = Arrays.copyOf(merged, capacity);
    }
  }

  int begin(int body, int bodyEnd) {
    int row = size++;
    if (size > merged.length) {
      resize(Scratch.grown(merged.length, size));
    }
    int at = row * COLUMNS;
    rows[at + BODY] = body;
    rows[at + BODY_END] = bodyEnd;
    rows[at + FIRST_CHILD] = bodyEnd;
    rows[at + LAST_CHILD_END] = bodyEnd;
    rows[at + CHILD_BYTES] = 0;
    rows[at + MESSAGE] = body;
    rows[at + MESSAGE_LENGTH] = -1;
    return row;
  }

  void child(int from, int to) {
    int at = (size - 1) * COLUMNS;
    if (rows[at + CHILD_BYTES] == 0) {
      rows[at + FIRST_CHILD] = from;
    }
    rows[at + CHILD_BYTES] += to - from;
    rows[at + LAST_CHILD_END] = to;
  }

  /** Repeated messages merge, and merging is concatenation (protobuf, "Last One Wins"). */
  void addMessage(int from, int length) {
    int row = size - 1;
    int at = row * COLUMNS;
    if (rows[at + MESSAGE_LENGTH] < 0) {
      rows[at + MESSAGE] = from;
      rows[at + MESSAGE_LENGTH] = length;
      return;
    }
    int before = messageLength(row);
    byte[] all = roomToMerge(row, before, before + length);
    System.arraycopy(buffer, from, all, before, length);
    rows[at + MESSAGE] = 0;
    rows[at + MESSAGE_LENGTH] = before + length;
  }

  private byte[] roomToMerge(int row, int before, int needed) {
    byte[] known = merged[row];
    if (known == null || known.length < needed) {
      byte[] larger = new byte[Scratch.grown(before, needed)];
      System.arraycopy(messageBuffer(row), messageOffset(row), larger, 0, before);
      merged[row] = larger;
      return larger;
    }
    return known;
  }

  long bytesHeld() {
    return (long) Integer.BYTES * (rows.length + merged.length);
  }

  public int size() {
    return size;
  }

  /** The array in which the Resource or InstrumentationScope message lies. */
  public byte[] messageBuffer(int row) {
    byte[] own = merged[row];
    return own == null ? buffer : own;
  }

  public int messageOffset(int row) {
    return rows[row * COLUMNS + MESSAGE];
  }

  /** 0 when there is no such message. */
  public int messageLength(int row) {
    return Math.max(0, rows[row * COLUMNS + MESSAGE_LENGTH]);
  }

  /** Where the first child's field begins; the body's end when there is none. */
  int childrenStart(int row) {
    return rows[row * COLUMNS + FIRST_CHILD];
  }

  /** The fields before the first child. */
  public int headOffset(int row) {
    return rows[row * COLUMNS + BODY];
  }

  public int headLength(int row) {
    int at = row * COLUMNS;
    return rows[at + FIRST_CHILD] - rows[at + BODY];
  }

  /** The fields behind the last child; only if {@link #isPlain}. */
  public int tailOffset(int row) {
    return rows[row * COLUMNS + LAST_CHILD_END];
  }

  public int tailLength(int row) {
    int at = row * COLUMNS;
    return rows[at + BODY_END] - rows[at + LAST_CHILD_END];
  }

  /** Whether the children stand side by side, with no other field between them. */
  public boolean isPlain(int row) {
    int at = row * COLUMNS;
    return rows[at + LAST_CHILD_END] - rows[at + FIRST_CHILD] == rows[at + CHILD_BYTES]
        || rows[at + CHILD_BYTES] == 0;
  }

  /** All fields behind the first child that are not children; a copy, for the unusual order. */
  public byte[] tail(int row) {
    if (isPlain(row)) {
      int from = tailOffset(row);
      return Arrays.copyOfRange(buffer, from, from + tailLength(row));
    }
    int at = row * COLUMNS;
    int end = rows[at + BODY_END];
    byte[] out = new byte[end - rows[at + FIRST_CHILD] - rows[at + CHILD_BYTES]];
    Wire wire = new Wire();
    wire.buffer = buffer;
    wire.position = rows[at + FIRST_CHILD];
    int length = 0;
    while (wire.position < end) {
      int start = wire.position;
      int tag = wire.readTag(end);
      wire.skip(tag, end, 0);
      if (tag != Fields.SCOPE_SPANS_SPAN) { // the same tag as RESOURCE_SPANS_SCOPE_SPANS
        System.arraycopy(buffer, start, out, length, wire.position - start);
        length += wire.position - start;
      }
    }
    return out;
  }
}
