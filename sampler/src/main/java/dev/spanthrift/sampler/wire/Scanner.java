package dev.spanthrift.sampler.wire;

/**
 * Reads one ExportTraceServiceRequest in one pass and fills a {@link Batch}: where each span lies
 * and the fields that deciding needs.
 *
 * <pre>
 * request      1 resource_spans*
 * ResourceSpans  1 resource   2 scope_spans*   3 schema_url
 * ScopeSpans       1 scope    2 spans*         3 schema_url
 * Span               1 trace_id 2 span_id 3 trace_state 4 parent 5 name 6 kind 7 start 8 end
 *                    9 attributes* 11 events* 13 links* 15 status 16 flags
 * </pre>
 *
 * <p>Fields come in any order; the last of a repeated scalar wins and repeated messages merge;
 * unknown fields, groups and known fields with a foreign wire type are skipped and stay in the
 * span's bytes (specs.md W1–W4). Attributes are walked and counted, so that what is malformed is
 * found here, but not read. Throws {@link MalformedException} and nothing else; the batch is then
 * empty.
 *
 * <p>Not thread-safe: one scanner for each receiving thread.
 */
public final class Scanner extends Wire {
  private final Batch batch;

  public Scanner(int spansMax) {
    batch = new Batch(spansMax);
  }

  /**
   * Scans one request.
   *
   * @return this scanner's own batch, valid until the next scan and as long as the buffer is
   * @throws MalformedException if the bytes are not such a request
   * @throws TooManySpansException if it has more spans than the bound
   */
  public Batch scan(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    position = offset;
    batch.begin(buffer);
    boolean complete = false;
    try {
      scanRequest(offset + length);
      complete = true;
    } finally {
      if (!complete) {
        batch.begin(buffer);
      }
    }
    return batch;
  }

  /**
   * Checks that bytes are a protobuf message at their outermost level; for signals that pass whole.
   *
   * @throws MalformedException if they are not
   */
  public void check(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    position = offset;
    Shape.walk(this, Shape.OPAQUE, offset + length, 0);
  }

  private void scanRequest(int end) {
    while (position < end) {
      int start = position;
      int tag = readTag(end);
      if (tag == Fields.REQUEST_RESOURCE_SPANS) {
        int length = readLength(end);
        scanResourceSpans(position + length);
      } else {
        skip(tag, end, 0);
        batch.addRequestExtra(start, position);
      }
    }
  }

  /**
   * The resource may come after its scopes, so they are only remembered in the first loop and
   * scanned when the resource is known. The loop steps over whole ScopeSpans: it costs nothing.
   */
  private void scanResourceSpans(int end) {
    int body = position;
    batch.beginResource(body, end);
    int scopes = 0;
    while (position < end) {
      int start = position;
      int tag = readTag(end);
      if (tag == Fields.RESOURCE_SPANS_SCOPE_SPANS) {
        int length = readLength(end);
        position += length;
        batch.resourceChild(start, position);
        scopes++;
      } else if (tag == Fields.RESOURCE_SPANS_RESOURCE) {
        int length = readLength(end);
        batch.addResourceMessage(position, length);
        int resource = position;
        Shape.walk(this, Shape.RESOURCE, position + length, 3);
        position = resource;
        batch.countResource(length, resourceAttributes(resource + length));
      } else {
        skip(tag, end, 1);
      }
    }
    if (scopes > 0) {
      position = batch.firstResourceChild();
      while (scopes > 0) {
        int tag = readTag(end);
        if (tag == Fields.RESOURCE_SPANS_SCOPE_SPANS) {
          int length = readLength(end);
          scanScopeSpans(position + length);
          scopes--;
        } else {
          skip(tag, end, 1);
        }
      }
      position = end;
    }
  }

  /** Steps over a resource that was walked already; ends where it ends. */
  private int resourceAttributes(int end) {
    int count = 0;
    while (position < end) {
      int tag = readTag(end);
      count += tag == Fields.RESOURCE_ATTRIBUTE ? 1 : 0;
      skip(tag, end, 3);
    }
    return count;
  }

  private void scanScopeSpans(int end) {
    batch.beginScope(position, end);
    int firstSpan = batch.size();
    while (position < end) {
      int start = position;
      int tag = readTag(end);
      if (tag == Fields.SCOPE_SPANS_SPAN) {
        int length = readLength(end);
        scanSpan(start, position + length);
        batch.scopeChild(start, position);
      } else if (tag == Fields.SCOPE_SPANS_SCOPE) {
        int length = readLength(end);
        batch.addScopeMessage(position, length);
        Shape.walk(this, Shape.SCOPE, position + length, 4);
      } else {
        skip(tag, end, 2);
      }
    }
    batch.endScope(firstSpan);
  }

  private void scanSpan(int start, int end) {
    int traceIdAt = 0;
    int traceIdLength = 0;
    long spanId = 0;
    int spanIdLength = 0;
    int parentIdLength = 0;
    long parentId = 0;
    boolean hasParent = false;
    int traceStateAt = 0;
    int traceStateLength = 0;
    int nameAt = 0;
    int nameLength = 0;
    int kind = 0;
    int status = 0;
    int flags = 0;
    long startNanos = 0;
    long endNanos = 0;
    int attributes = 0;
    int events = 0;
    int body = position;
    while (position < end) {
      int tag = readTag(end);
      switch (tag) {
        case Fields.SPAN_TRACE_ID -> {
          traceIdLength = readLength(end);
          traceIdAt = advance(traceIdLength, end);
        }
        case Fields.SPAN_SPAN_ID -> {
          int length = readLength(end);
          int at = advance(length, end);
          spanIdLength = length;
          spanId = length == 8 ? (long) BIG_LONG.get(buffer, at) : 0;
        }
        case Fields.SPAN_TRACE_STATE -> {
          traceStateLength = readLength(end);
          traceStateAt = advance(traceStateLength, end);
        }
        case Fields.SPAN_PARENT_SPAN_ID -> {
          int length = readLength(end);
          int at = advance(length, end);
          parentIdLength = length;
          parentId = length == 8 ? (long) BIG_LONG.get(buffer, at) : 0;
          hasParent = parentId != 0 || (length != 8 && !isZero(at, length));
        }
        case Fields.SPAN_NAME -> {
          nameLength = readLength(end);
          nameAt = advance(nameLength, end);
        }
        case Fields.SPAN_KIND -> kind = (int) readVarint(end);
        case Fields.SPAN_START -> startNanos = readFixed64(end);
        case Fields.SPAN_END -> endNanos = readFixed64(end);
        case Fields.SPAN_ATTRIBUTE -> {
          int length = readLength(end);
          int attributeEnd = position + length;
          attributes++;
          if (!skipUsualAttribute(attributeEnd)) {
            Shape.walk(this, Shape.KEY_VALUE, attributeEnd, 5);
          }
        }
        case Fields.SPAN_EVENT -> {
          events++;
          walk(Shape.EVENT, end);
        }
        case Fields.SPAN_LINK -> walk(Shape.LINK, end);
        case Fields.SPAN_STATUS -> {
          int length = readLength(end);
          status = readStatus(status, position + length);
        }
        case Fields.SPAN_FLAGS -> flags = readFixed32(end);
        default -> skip(tag, end, 3);
      }
    }
    int row = batch.addSpan(start, body, end);
    batch.setTraceId(row, traceIdAt, traceIdLength);
    if (traceIdLength != 16 || spanIdLength != 8 || (parentIdLength & ~8) != 0) {
      batch.countMalformedIds();
    }
    batch.setIds(row, spanId, parentId);
    batch.setTexts(row, nameAt, nameLength, traceStateAt, traceStateLength);
    batch.setTimes(row, startNanos, endNanos);
    batch.setMarks(row, kind, status, flags, hasParent);
    batch.countSpan(row, attributes, events);
  }

  private boolean isZero(int at, int length) {
    byte any = 0;
    for (int i = at; i < at + length; i++) {
      any |= buffer[i];
    }
    return any == 0;
  }

  private void walk(Shape shape, int limit) {
    int length = readLength(limit);
    Shape.walk(this, shape, position + length, 5);
  }

  /**
   * Steps over an attribute as nearly all are encoded, or says no and stays: a short key, then a
   * short text, a boolean or a small number, and nothing else. Half of a scan's time is attributes.
   *
   * <pre>
   * 0a length key 12 length (0a length text | 10 value | 18 value)
   * </pre>
   */
  private boolean skipUsualAttribute(int end) {
    byte[] bytes = buffer;
    int at = position;
    if (end - at < 6 || bytes[at] != Fields.KEY_VALUE_KEY || bytes[at + 1] < 0) {
      return false;
    }
    int value = at + 2 + bytes[at + 1];
    if (end - value < 4 || bytes[value] != Fields.KEY_VALUE_VALUE) {
      return false;
    }
    int length = bytes[value + 1];
    int kind = bytes[value + 2];
    int last = bytes[value + 3]; // length of a text, or the value
    boolean usual =
        length == end - value - 2
            && (kind == Fields.ANY_VALUE_STRING
                ? last == length - 2
                : (kind == Fields.ANY_VALUE_BOOL || kind == Fields.ANY_VALUE_INT)
                    && length == 2
                    && last >= 0);
    if (usual) {
      position = end;
    }
    return usual;
  }

  /** Repeated status messages merge: a code stands until another one comes. */
  private int readStatus(int code, int end) {
    while (position < end) {
      int tag = readTag(end);
      if (tag == Fields.STATUS_CODE) {
        code = (int) readVarint(end);
      } else {
        skip(tag, end, 4);
      }
    }
    return code;
  }
}
