package dev.spanthrift.sampler.wire;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One scanned request: a row for each span, a row for each resource and scope, all offsets into the
 * request's own bytes.
 *
 * <p>Belongs to its {@link Scanner} and is filled again by the next scan; the buffer belongs to the
 * receiver. Columns are primitive arrays that grow to the largest request seen, up to a bound.
 */
public final class Batch {
  private static final AtomicLong SCANS = new AtomicLong();
  private static final byte[] NO_BYTES = {};
  private static final int LEAST_ROWS = 512;
  private static final int LEAST_SCOPES = 16;
  private static final int ROW_BYTES = 10 * Integer.BYTES + 6 * Long.BYTES;

  private final int spansMax;
  private byte[] buffer = new byte[0];
  private int size;

  private int[] start = new int[LEAST_ROWS];
  private int[] body = new int[LEAST_ROWS];
  private int[] end = new int[LEAST_ROWS];
  private int[] scopeOf = new int[LEAST_ROWS];
  private long[] traceIdHigh = new long[LEAST_ROWS];
  private long[] traceIdLow = new long[LEAST_ROWS];
  private long[] spanId = new long[LEAST_ROWS];
  private long[] parentSpanId = new long[LEAST_ROWS];
  private long[] startNanos = new long[LEAST_ROWS];
  private long[] endNanos = new long[LEAST_ROWS];
  private int[] nameAt = new int[LEAST_ROWS];
  private int[] nameLength = new int[LEAST_ROWS];
  private int[] traceStateAt = new int[LEAST_ROWS];
  private int[] traceStateLength = new int[LEAST_ROWS];
  private int[] marks =
      new int[LEAST_ROWS]; // kind 8 bits, status 8 bits, bits below, events 14 bits
  private int[] spanFlags = new int[LEAST_ROWS];

  private static final int HAS_PARENT = 1 << 16;
  private static final int VALID_TRACE_ID = 1 << 17;
  private static final int EVENTS_SHIFT = 18;
  private static final int EVENTS_MAX = (1 << 14) - 1;

  private final Envelopes resources = new Envelopes();
  private final Envelopes scopes = new Envelopes();
  private int[] resourceOf = new int[LEAST_SCOPES]; // of a scope
  private byte[] requestExtras = NO_BYTES;
  private int requestExtrasLength;
  private long scan;
  private int malformedIds;
  private long attributes;
  private long events;
  private long resourceMessages;
  private long resourceBytes;
  private long resourceAttributes;

  Batch(int spansMax) {
    this.spansMax = spansMax;
  }

  void begin(byte[] buffer) {
    this.buffer = buffer;
    resize(Scratch.rowsKept(start.length, LEAST_ROWS));
    if (resourceOf.length > Scratch.ROWS_KEPT) {
      resourceOf = new int[LEAST_SCOPES];
    }
    scan = SCANS.incrementAndGet();
    malformedIds = 0;
    size = 0;
    resources.clear(buffer);
    scopes.clear(buffer);
    requestExtras = NO_BYTES;
    requestExtrasLength = 0;
    attributes = 0;
    events = 0;
    resourceMessages = 0;
    resourceBytes = 0;
    resourceAttributes = 0;
  }

  void addRequestExtra(int from, int to) {
    int before = requestExtrasLength;
    requestExtrasLength = before + to - from;
    if (requestExtrasLength > requestExtras.length) {
      requestExtras =
          Arrays.copyOf(requestExtras, Scratch.grown(requestExtras.length, requestExtrasLength));
    }
    System.arraycopy(buffer, from, requestExtras, before, to - from);
  }

  void beginResource(int bodyStart, int bodyEnd) {
    resources.begin(bodyStart, bodyEnd);
  }

  void addResourceMessage(int at, int length) {
    resources.addMessage(at, length);
  }

  void resourceChild(int from, int to) {
    resources.child(from, to);
  }

  int firstResourceChild() {
    return resources.childrenStart(resources.size() - 1);
  }

  void beginScope(int bodyStart, int bodyEnd) {
    int scope = scopes.begin(bodyStart, bodyEnd);
    if (scope == resourceOf.length) {
      resourceOf = Arrays.copyOf(resourceOf, Scratch.grown(scope, scope + 1));
    }
    resourceOf[scope] = resources.size() - 1;
  }

  void addScopeMessage(int at, int length) {
    scopes.addMessage(at, length);
  }

  void scopeChild(int from, int to) {
    scopes.child(from, to);
  }

  void endScope(int firstSpan) {
    Arrays.fill(scopeOf, firstSpan, size, scopes.size() - 1);
  }

  int addSpan(int spanStart, int spanBody, int spanEnd) {
    int row = size;
    if (row >= spansMax) {
      throw new TooManySpansException(spansMax);
    }
    if (row == start.length) {
      resize(Scratch.grown(row, row + 1));
    }
    start[row] = spanStart;
    body[row] = spanBody;
    end[row] = spanEnd;
    size = row + 1;
    return row;
  }

  void setTraceId(int row, int at, int length) {
    boolean sixteen = length == 16;
    long high = sixteen ? (long) Wire.BIG_LONG.get(buffer, at) : 0;
    long low = sixteen ? (long) Wire.BIG_LONG.get(buffer, at + 8) : 0;
    traceIdHigh[row] = high;
    traceIdLow[row] = low;
    marks[row] = (high | low) != 0 ? VALID_TRACE_ID : 0;
  }

  void countMalformedIds() {
    malformedIds++;
  }

  /** Spans with an id of a length that the specification forbids. */
  public int malformedIds() {
    return malformedIds;
  }

  void setIds(int row, long id, long parent) {
    spanId[row] = id;
    parentSpanId[row] = parent;
  }

  void setTexts(int row, int name, int nameBytes, int traceState, int traceStateBytes) {
    nameAt[row] = name;
    nameLength[row] = nameBytes;
    traceStateAt[row] = traceState;
    traceStateLength[row] = traceStateBytes;
  }

  void setTimes(int row, long from, long to) {
    startNanos[row] = from;
    endNanos[row] = to;
  }

  void setMarks(int row, int kind, int status, int flags, boolean hasParent) {
    int kindByte = kind >= 0 && kind < 255 ? kind : 255;
    int statusByte = status >= 0 && status < 255 ? status : 255;
    marks[row] |= kindByte | statusByte << 8 | (hasParent ? HAS_PARENT : 0);
    spanFlags[row] = flags;
  }

  void countSpan(int row, int ofAttributes, int ofEvents) {
    int counted = Math.min(ofEvents, EVENTS_MAX);
    attributes += ofAttributes;
    events += counted;
    marks[row] |= counted << EVENTS_SHIFT;
  }

  void countResource(int length, int ofAttributes) {
    resourceMessages++;
    resourceBytes += length;
    resourceAttributes += ofAttributes;
  }

  /** Attributes of all spans; those of events and links are not among them. */
  public long attributes() {
    return attributes;
  }

  /** Events of all spans, each span's as {@link #events(int)} has them. */
  public long events() {
    return events;
  }

  /** Resource messages of the request. */
  public long resourceMessages() {
    return resourceMessages;
  }

  /** Their bytes. */
  public long resourceBytes() {
    return resourceBytes;
  }

  /** Their attributes. */
  public long resourceAttributes() {
    return resourceAttributes;
  }

  /** Events of a span; 16,383 and more count as so many. */
  public int events(int row) {
    return marks[row] >>> EVENTS_SHIFT;
  }

  private void resize(int rows) {
    if (rows == start.length) {
      return;
    }
    start = Arrays.copyOf(start, rows);
    body = Arrays.copyOf(body, rows);
    end = Arrays.copyOf(end, rows);
    scopeOf = Arrays.copyOf(scopeOf, rows);
    traceIdHigh = Arrays.copyOf(traceIdHigh, rows);
    traceIdLow = Arrays.copyOf(traceIdLow, rows);
    spanId = Arrays.copyOf(spanId, rows);
    parentSpanId = Arrays.copyOf(parentSpanId, rows);
    startNanos = Arrays.copyOf(startNanos, rows);
    endNanos = Arrays.copyOf(endNanos, rows);
    nameAt = Arrays.copyOf(nameAt, rows);
    nameLength = Arrays.copyOf(nameLength, rows);
    traceStateAt = Arrays.copyOf(traceStateAt, rows);
    traceStateLength = Arrays.copyOf(traceStateLength, rows);
    marks = Arrays.copyOf(marks, rows);
    spanFlags = Arrays.copyOf(spanFlags, rows);
  }

  /** The request's bytes; offsets below are into this array. */
  public byte[] buffer() {
    return buffer;
  }

  /** Number of spans. */
  public int size() {
    return size;
  }

  /** Where the span's field in its ScopeSpans begins, tag and length included. */
  public int start(int row) {
    return start[row];
  }

  /** Where the Span message begins. */
  public int body(int row) {
    return body[row];
  }

  /** Where the Span message ends. */
  public int end(int row) {
    return end[row];
  }

  /** Encoded bytes with tag and length. */
  public int bytes(int row) {
    return end[row] - start[row];
  }

  /** 16 bytes, and not all zero (specs.md W7). */
  public boolean hasValidTraceId(int row) {
    return (marks[row] & VALID_TRACE_ID) != 0;
  }

  public long traceIdHigh(int row) {
    return traceIdHigh[row];
  }

  public long traceIdLow(int row) {
    return traceIdLow[row];
  }

  /** 0 when it is not 8 bytes. */
  public long spanId(int row) {
    return spanId[row];
  }

  /** 0 when there is none or it is not 8 bytes. */
  public long parentSpanId(int row) {
    return parentSpanId[row];
  }

  /**
   * Whether there is a parent id that is not all zeros: the one meaning of root is that there is
   * none. One of another length than 8 bytes names a parent that nobody can find.
   */
  public boolean hasParent(int row) {
    return (marks[row] & HAS_PARENT) != 0;
  }

  /** Unix nanoseconds, unsigned; 0 when unset. */
  public long startNanos(int row) {
    return startNanos[row];
  }

  /** Unix nanoseconds, unsigned; 0 when unset. */
  public long endNanos(int row) {
    return endNanos[row];
  }

  /** End − start; 0 when a time is missing or the span ends before it starts. */
  public long durationNanos(int row) {
    long from = startNanos[row];
    long to = endNanos[row];
    return from != 0 && Long.compareUnsigned(to, from) > 0 ? Math.max(0, to - from) : 0;
  }

  public int nameOffset(int row) {
    return nameAt[row];
  }

  public int nameLength(int row) {
    return nameLength[row];
  }

  public int traceStateOffset(int row) {
    return traceStateAt[row];
  }

  public int traceStateLength(int row) {
    return traceStateLength[row];
  }

  /** Value of Span.SpanKind; 255 for numbers that no specification knows. */
  public int kind(int row) {
    return marks[row] & 0xff;
  }

  /** Value of Status.StatusCode; 255 for numbers that no specification knows. */
  public int statusCode(int row) {
    return marks[row] >> 8 & 0xff;
  }

  public boolean isError(int row) {
    return statusCode(row) == Fields.STATUS_ERROR;
  }

  /** Span.flags; bits 10–31 may be anything (specs.md W4). */
  public int flags(int row) {
    return spanFlags[row];
  }

  /** No parent, or SERVER or CONSUMER, or the parent is marked remote (specs.md W6). */
  public boolean isLocalRoot(int row) {
    int kind = kind(row);
    int remote = Fields.FLAG_HAS_IS_REMOTE | Fields.FLAG_IS_REMOTE;
    return !hasParent(row)
        || kind == Fields.KIND_SERVER
        || kind == Fields.KIND_CONSUMER
        || (spanFlags[row] & remote) == remote;
  }

  /** Index of the span's ScopeSpans in {@link #scopes()}. */
  public int scope(int row) {
    return scopeOf[row];
  }

  /** Index of a scope's ResourceSpans in {@link #resources()}. */
  public int resourceOfScope(int scope) {
    return resourceOf[scope];
  }

  /** The ResourceSpans of this request. */
  public Envelopes resources() {
    return resources;
  }

  /** The ScopeSpans of this request. */
  public Envelopes scopes() {
    return scopes;
  }

  /** Fields of the request itself that no specification knows, one after the other. */
  public byte[] requestExtras() {
    if (requestExtras.length > requestExtrasLength) {
      requestExtras = Arrays.copyOf(requestExtras, requestExtrasLength);
    }
    return requestExtras;
  }

  /** Tells each request from every other, whichever batch it is in; never 0. */
  long scan() {
    return scan;
  }

  /** Bytes of the tables, which stay for the next request. */
  public long bytesHeld() {
    long columns = (long) start.length * ROW_BYTES + (long) resourceOf.length * Integer.BYTES;
    return columns + resources.bytesHeld() + scopes.bytesHeld();
  }
}
