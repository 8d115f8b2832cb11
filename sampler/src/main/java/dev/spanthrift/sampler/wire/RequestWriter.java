package dev.spanthrift.sampler.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts kept spans back under their resource and scope: the inverse of the scan.
 *
 * <p>Spans of one scope are gathered in its {@link ScopeContext}; {@link #finish} writes one
 * request around all that was gathered. Spans keep their bytes but for the trace state, which the
 * caller may replace (specs.md W5); no empty envelope is ever written (specs.md S22).
 */
public final class RequestWriter {
  private static final int TRACE_STATE_TAG = Fields.SPAN_TRACE_STATE;
  private static final int BUFFER_BYTES = 4096;

  private final ContextTable contexts;
  private final List<ScopeContext> gathering = new ArrayList<>();
  private final Wire wire = new Wire();
  private final byte[] traceState = new byte[TraceStateEdit.LENGTH_MAX];
  private final byte[][] spare = new byte[16][]; // buffers for the next contexts that gather
  private int spares;
  private int body; // of the span at hand, and its trace state
  private int traceStateAt;
  private int traceStateLength;
  private int traceStateFields;
  private long spans;
  private long bytes;

  public RequestWriter(ContextTable contexts) {
    this.contexts = contexts;
  }

  /** Spans gathered and not yet written. */
  public long spans() {
    return spans;
  }

  /** Bytes of the spans gathered and of what stands around them. */
  public long bytes() {
    return bytes;
  }

  /** The same with one more span in it. */
  public long bytesWith(int contextId, int length) {
    ScopeContext context = contexts.get(contextId);
    return bytes + length + (context.isGathering() ? 0 : context.envelopeBytes());
  }

  /**
   * Gathers one span as it is.
   *
   * @param source holds the span's field, tag and length included
   */
  public void add(int contextId, byte[] source, int offset, int length) {
    ScopeContext context = open(contextId);
    int at = context.reserve(length);
    System.arraycopy(source, offset, context.output(), at, length);
    context.commit(at + length);
    spans++;
    bytes += length;
  }

  /**
   * Gathers one span, and lets its trace state be edited on the way: field 3 and the span's length
   * may change, nothing else. Where the span had no trace state, the field is put at its end; where
   * it had several, the last one counts and stays alone.
   */
  public void add(int contextId, byte[] source, int offset, int length, TraceStateEdit edit) {
    int end = offset + length;
    findTraceState(source, offset, end);
    int edited = edit.edit(source, traceStateAt, traceStateLength, traceState);
    if (edited < 0) {
      add(contextId, source, offset, length);
    } else {
      addEdited(contextId, source, end, edited);
    }
  }

  /** Rewrites a trace state. */
  public interface TraceStateEdit {
    /** Room in {@code into}; a longer trace state must be left as it is. */
    int LENGTH_MAX = 8192;

    /**
     * @param length 0 when the span has none
     * @return the length of what was written, or −1 to leave the span as it is
     */
    int edit(byte[] source, int offset, int length, byte[] into);
  }

  private void findTraceState(byte[] source, int offset, int end) {
    wire.buffer = source;
    wire.position = offset;
    wire.readTag(end);
    wire.readLength(end);
    body = wire.position;
    traceStateAt = body;
    traceStateLength = 0;
    traceStateFields = 0;
    while (wire.position < end) {
      int start = wire.position;
      int tag = wire.readTag(end);
      if (tag == TRACE_STATE_TAG) {
        traceStateLength = wire.readLength(end);
        traceStateAt = wire.advance(traceStateLength, end);
        traceStateFields += wire.position - start;
      } else {
        wire.skip(tag, end, 0);
      }
    }
  }

  private void addEdited(int contextId, byte[] source, int end, int edited) {
    // Nothing left: no field.
    int field = edited == 0 ? 0 : 1 + FieldWriter.varintSize(edited) + edited;
    int size = end - body - traceStateFields + field;
    ScopeContext context = open(contextId);
    int at = context.reserve(1 + FieldWriter.varintSize(size) + size);
    byte[] out = context.output();
    int to = at;
    out[to++] = (byte) Fields.SCOPE_SPANS_SPAN;
    to = FieldWriter.putVarint(out, to, size);
    boolean written = false;
    wire.position = body;
    while (wire.position < end) {
      int start = wire.position;
      int tag = wire.readTag(end);
      wire.skip(tag, end, 0);
      if (tag != TRACE_STATE_TAG) {
        to = copy(source, start, wire.position - start, out, to);
      } else if (!written) {
        to = writeTraceState(out, to, edited);
        written = true;
      }
    }
    to = written ? to : writeTraceState(out, to, edited);
    context.commit(to);
    spans++;
    bytes += to - at;
  }

  private int writeTraceState(byte[] out, int at, int length) {
    if (length == 0) {
      return at;
    }
    out[at++] = (byte) TRACE_STATE_TAG;
    at = FieldWriter.putVarint(out, at, length);
    return copy(traceState, 0, length, out, at);
  }

  private ScopeContext open(int contextId) {
    ScopeContext context = contexts.get(contextId);
    if (!context.isGathering()) {
      contexts.retain(contextId);
      context.lend(spares > 0 ? spare[--spares] : new byte[BUFFER_BYTES]);
      gathering.add(context);
      bytes += context.envelopeBytes();
    }
    return context;
  }

  /** Writes one request around everything gathered and begins anew. */
  public byte[] finish() {
    gathering.sort(Comparator.comparingInt(context -> context.resource.id)); // side by side
    int size = 0;
    for (int i = 0; i < gathering.size(); i = endOfResource(i)) {
      int body = resourceBody(i);
      size += 1 + FieldWriter.varintSize(body) + body + gathering.get(i).resource.extras().length;
    }
    byte[] out = new byte[size];
    int at = 0;
    for (int i = 0; i < gathering.size(); i = endOfResource(i)) {
      at = writeResource(out, at, i);
    }
    for (ScopeContext context : gathering) {
      giveBack(context.giveBack());
      contexts.release(context.id);
    }
    gathering.clear();
    spans = 0;
    bytes = 0;
    return out;
  }

  private void giveBack(byte[] buffer) {
    if (Scratch.stays(buffer) && spares < spare.length) {
      spare[spares++] = buffer;
    }
  }

  /** Bytes of memory beside the contexts: what is gathered, and what is spare for the next. */
  public long bytesHeld() {
    long held = traceState.length;
    for (int i = 0; i < spares; i++) {
      held += spare[i].length;
    }
    for (ScopeContext context : gathering) {
      held += context.output().length;
    }
    return held;
  }

  private int endOfResource(int from) {
    ResourceContext resource = gathering.get(from).resource;
    int to = from + 1;
    while (to < gathering.size() && gathering.get(to).resource == resource) {
      to++;
    }
    return to;
  }

  private int resourceBody(int from) {
    ResourceContext resource = gathering.get(from).resource;
    int size = resource.head().length + resource.tail().length;
    int to = endOfResource(from);
    for (int i = from; i < to; i++) {
      int body = scopeBody(gathering.get(i));
      size += 1 + FieldWriter.varintSize(body) + body;
    }
    return size;
  }

  private static int scopeBody(ScopeContext scope) {
    return scope.head.length + scope.outputLength() + scope.tail.length;
  }

  private int writeResource(byte[] out, int at, int from) {
    ResourceContext resource = gathering.get(from).resource;
    out[at++] = (byte) Fields.REQUEST_RESOURCE_SPANS;
    at = FieldWriter.putVarint(out, at, resourceBody(from));
    at = copy(resource.head(), 0, resource.head().length, out, at);
    int to = endOfResource(from);
    for (int i = from; i < to; i++) {
      ScopeContext scope = gathering.get(i);
      out[at++] = (byte) Fields.RESOURCE_SPANS_SCOPE_SPANS;
      at = FieldWriter.putVarint(out, at, scopeBody(scope));
      at = copy(scope.head, 0, scope.head.length, out, at);
      at = copy(scope.output(), 0, scope.outputLength(), out, at);
      at = copy(scope.tail, 0, scope.tail.length, out, at);
    }
    at = copy(resource.tail(), 0, resource.tail().length, out, at);
    return copy(resource.extras(), 0, resource.extras().length, out, at);
  }

  private static int copy(byte[] from, int offset, int length, byte[] out, int at) {
    System.arraycopy(from, offset, out, at, length);
    return at + length;
  }
}
