package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Opaque;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import dev.spanthrift.agent.collector.ottl.value.SpanView.Part;
import dev.spanthrift.sampler.wire.Fields;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The paths that conditions may name: one line each, with what stands there. */
enum OttlPath {
  SPAN_ATTRIBUTES(Part.SPAN, "attributes", view -> view.attributesOf(Part.SPAN)),
  SPAN_DROPPED_ATTRIBUTES(
      Part.SPAN, "dropped_attributes_count", view -> view.number(Part.SPAN, 10)),
  SPAN_DROPPED_EVENTS(Part.SPAN, "dropped_events_count", view -> view.number(Part.SPAN, 12)),
  SPAN_DROPPED_LINKS(Part.SPAN, "dropped_links_count", view -> view.number(Part.SPAN, 14)),
  SPAN_END(Part.SPAN, "end_time", view -> SpanView.time(view.batch().endNanos(view.row()))),
  SPAN_END_NANOS(Part.SPAN, "end_time_unix_nano", view -> view.batch().endNanos(view.row())),
  SPAN_EVENTS(Part.SPAN, "events", view -> new Opaque("events", view.count(Fields.EVENTS_OF_SPAN))),
  SPAN_FLAGS(Part.SPAN, "flags", view -> view.batch().flags(view.row()) & 0xffffffffL),
  SPAN_ID(Part.SPAN, "span_id", view -> view.id(2, 8)),
  SPAN_ID_TEXT(Part.SPAN, "span_id.string", view -> hex(view, 2, 8)),
  SPAN_KIND(Part.SPAN, "kind", view -> (long) view.batch().kind(view.row())),
  SPAN_KIND_TEXT(Part.SPAN, "kind.string", view -> kind(view, false)),
  SPAN_KIND_OLD_TEXT(Part.SPAN, "kind.deprecated_string", view -> kind(view, true)),
  SPAN_LINKS(Part.SPAN, "links", view -> new Opaque("links", view.count(13))),
  SPAN_NAME(
      Part.SPAN,
      "name",
      view ->
          SpanView.text(
              view.batch().buffer(),
              view.batch().nameOffset(view.row()),
              view.batch().nameLength(view.row()))),
  SPAN_PARENT_ID(Part.SPAN, "parent_span_id", view -> view.id(4, 8)),
  SPAN_PARENT_ID_TEXT(Part.SPAN, "parent_span_id.string", view -> hex(view, 4, 8)),
  SPAN_START(Part.SPAN, "start_time", view -> SpanView.time(view.batch().startNanos(view.row()))),
  SPAN_START_NANOS(Part.SPAN, "start_time_unix_nano", view -> view.batch().startNanos(view.row())),
  SPAN_STATUS(Part.SPAN, "status", view -> new Opaque("status", 0)),
  SPAN_STATUS_CODE(Part.SPAN, "status.code", view -> (long) view.batch().statusCode(view.row())),
  SPAN_STATUS_MESSAGE(Part.SPAN, "status.message", view -> view.textInside(15, 2)),
  SPAN_TRACE_ID(Part.SPAN, "trace_id", view -> view.id(1, 16)),
  SPAN_TRACE_ID_TEXT(Part.SPAN, "trace_id.string", view -> hex(view, 1, 16)),
  SPAN_TRACE_STATE(Part.SPAN, "trace_state", view -> view.text(Part.SPAN, 3)),
  EVENT_ATTRIBUTES(Part.EVENT, "attributes", view -> view.attributesOf(Part.EVENT)),
  EVENT_DROPPED_ATTRIBUTES(
      Part.EVENT, "dropped_attributes_count", view -> view.number(Part.EVENT, 4)),
  /** The policy tells no index, so that asking for it fails. */
  EVENT_INDEX(Part.EVENT, "event_index", view -> Failure.KEY),
  EVENT_NAME(Part.EVENT, "name", view -> view.text(Part.EVENT, 2)),
  EVENT_TIME(Part.EVENT, "time", view -> SpanView.time(view.number(Part.EVENT, 1))),
  EVENT_TIME_NANOS(Part.EVENT, "time_unix_nano", view -> view.number(Part.EVENT, 1)),
  SCOPE_ATTRIBUTES(Part.SCOPE, "attributes", view -> view.attributesOf(Part.SCOPE)),
  SCOPE_DROPPED_ATTRIBUTES(
      Part.SCOPE, "dropped_attributes_count", view -> view.number(Part.SCOPE, 4)),
  SCOPE_NAME(Part.SCOPE, "name", view -> view.text(Part.SCOPE, 1)),
  /** tail_sampling parts requests by trace, and leaves it behind. */
  SCOPE_SCHEMA_URL(Part.SCOPE, "schema_url", view -> ""),
  SCOPE_VERSION(Part.SCOPE, "version", view -> view.text(Part.SCOPE, 2)),
  RESOURCE_ATTRIBUTES(Part.RESOURCE, "attributes", view -> view.attributesOf(Part.RESOURCE)),
  RESOURCE_DROPPED_ATTRIBUTES(
      Part.RESOURCE, "dropped_attributes_count", view -> view.number(Part.RESOURCE, 2)),
  /** Left behind as the scope's. */
  RESOURCE_SCHEMA_URL(Part.RESOURCE, "schema_url", view -> "");

  private static final String[] KINDS = {
    "Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"
  };
  private static final Map<String, OttlPath> BY_NAME =
      Stream.of(values()).collect(Collectors.toMap(path -> name(path.part, path.text), p -> p));

  final Part part;
  final String text;
  private final Function<SpanView, Object> read;

  OttlPath(Part part, String text, Function<SpanView, Object> read) {
    this.part = part;
    this.text = text;
    this.read = read;
  }

  /** The path of a name behind its context, or null. */
  static @Nullable OttlPath find(Part part, String text) {
    return BY_NAME.get(name(part, text));
  }

  private static String name(Part part, String text) {
    return part.name().toLowerCase(Locale.ROOT) + "." + text;
  }

  Object read(SpanView view) {
    return read.apply(view);
  }

  boolean isAttributes() {
    return text.equals("attributes");
  }

  /** Whether keys may stand behind it. */
  boolean hasKeys() {
    return isAttributes() || this == SPAN_TRACE_STATE;
  }

  private static String hex(SpanView view, int field, int length) {
    return java.util.HexFormat.of().formatHex(view.id(field, length).bytes().bytes());
  }

  private static String kind(SpanView view, boolean old) {
    int kind = view.batch().kind(view.row());
    String name = kind < KINDS.length ? KINDS[kind] : "";
    return old && !name.isEmpty() ? "SPAN_KIND_" + name.toUpperCase(Locale.ROOT) : name;
  }
}
