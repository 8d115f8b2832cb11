package dev.spanthrift.sampler.wire;

/**
 * Tags of the OTLP messages that Spanthrift reads: {@code field number << 3 | wire type}.
 *
 * <p>Source: opentelemetry-proto 1.11, {@code trace/v1/trace.proto}, {@code
 * common/v1/common.proto}, {@code resource/v1/resource.proto}.
 */
public final class Fields {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int START_GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;

  /** ExportTraceServiceRequest. */
  static final int REQUEST_RESOURCE_SPANS = 1 << 3 | LENGTH_DELIMITED;

  /** ResourceSpans. */
  static final int RESOURCE_SPANS_RESOURCE = 1 << 3 | LENGTH_DELIMITED;

  static final int RESOURCE_ATTRIBUTE = 1 << 3 | LENGTH_DELIMITED;

  static final int RESOURCE_SPANS_SCOPE_SPANS = 2 << 3 | LENGTH_DELIMITED;

  /** ScopeSpans. */
  static final int SCOPE_SPANS_SCOPE = 1 << 3 | LENGTH_DELIMITED;

  static final int SCOPE_SPANS_SPAN = 2 << 3 | LENGTH_DELIMITED;

  /** Span. */
  static final int SPAN_TRACE_ID = 1 << 3 | LENGTH_DELIMITED;

  static final int SPAN_SPAN_ID = 2 << 3 | LENGTH_DELIMITED;
  static final int SPAN_TRACE_STATE = 3 << 3 | LENGTH_DELIMITED;
  static final int SPAN_PARENT_SPAN_ID = 4 << 3 | LENGTH_DELIMITED;
  static final int SPAN_NAME = 5 << 3 | LENGTH_DELIMITED;
  static final int SPAN_KIND = 6 << 3 | VARINT;
  static final int SPAN_START = 7 << 3 | FIXED64;
  static final int SPAN_END = 8 << 3 | FIXED64;
  static final int SPAN_ATTRIBUTE = 9 << 3 | LENGTH_DELIMITED;
  static final int SPAN_EVENT = 11 << 3 | LENGTH_DELIMITED;
  static final int SPAN_LINK = 13 << 3 | LENGTH_DELIMITED;
  static final int SPAN_STATUS = 15 << 3 | LENGTH_DELIMITED;
  static final int SPAN_FLAGS = 16 << 3 | FIXED32;

  /** Status. */
  static final int STATUS_CODE = 3 << 3 | VARINT;

  // KeyValue and AnyValue
  static final int KEY_VALUE_KEY = 1 << 3 | LENGTH_DELIMITED;
  static final int KEY_VALUE_VALUE = 2 << 3 | LENGTH_DELIMITED;
  static final int ANY_VALUE_STRING = 1 << 3 | LENGTH_DELIMITED;
  static final int ANY_VALUE_BOOL = 2 << 3 | VARINT;
  static final int ANY_VALUE_INT = 3 << 3 | VARINT;

  /** Field numbers under which messages carry their attributes. */
  public static final int ATTRIBUTES_OF_RESOURCE = 1;

  public static final int ATTRIBUTES_OF_SCOPE = 3;
  public static final int ATTRIBUTES_OF_SPAN = 9;
  public static final int ATTRIBUTES_OF_EVENT = 3;
  public static final int EVENTS_OF_SPAN = 11;

  /** Values of Span.SpanKind and Status.StatusCode. */
  public static final int KIND_SERVER = 2;

  public static final int KIND_CONSUMER = 5;
  public static final int STATUS_ERROR = 2;

  /** Span.flags: the parent is known to be remote or not, and is remote. */
  public static final int FLAG_HAS_IS_REMOTE = 0x100;

  public static final int FLAG_IS_REMOTE = 0x200;

  private Fields() {}
}
