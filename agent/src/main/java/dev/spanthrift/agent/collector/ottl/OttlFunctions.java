package dev.spanthrift.agent.collector.ottl;

import static dev.spanthrift.agent.collector.ottl.OttlFunction.may;
import static dev.spanthrift.agent.collector.ottl.OttlFunction.needs;
import static dev.spanthrift.agent.collector.ottl.OttlFunction.needsEach;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.ANY;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.BOOL_LIKE;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.BYTES_LIKE;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.DOUBLE_LIKE;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.DURATION;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.INT;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.INT_LIKE;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.LIST;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.LITERAL_BOOL;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.LITERAL_STRING;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.MAP;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.STRING;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.STRING_LIKE;
import static dev.spanthrift.agent.collector.ottl.value.OttlKind.TIME;

import dev.spanthrift.agent.collector.ottl.OttlFunction.Parameter;
import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Nanos;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The functions that conditions may call: one line each. */
final class OttlFunctions {
  private static final Parameter TARGET = needs("target", STRING);

  private static final Map<String, OttlFunction> ALL =
      Stream.of(
              OttlFunction.of(
                  "Base64Encode", TextFunctions::base64, TARGET, may("variant", STRING)),
              OttlFunction.of("Bool", arguments -> arguments[0], needs("target", BOOL_LIKE)),
              OttlFunction.of("Coalesce", ListFunctions::coalesce, needsEach("values", ANY)),
              OttlFunction.of(
                  "Concat",
                  TextFunctions::concat,
                  needsEach("vals", STRING_LIKE),
                  needs("delimiter", STRING)),
              OttlFunction.of(
                  "ContainsValue",
                  ListFunctions::contains,
                  needs("target", LIST),
                  needs("item", ANY)),
              OttlFunction.of(
                  "ConvertCase",
                  TextFunctions::convertCase,
                  TARGET,
                  needs("to_case", LITERAL_STRING)),
              OttlFunction.of(
                  "Decode", TextFunctions::decode, needs("target", ANY), needs("encoding", STRING)),
              OttlFunction.of("Double", arguments -> arguments[0], needs("target", DOUBLE_LIKE)),
              OttlFunction.of("Duration", TimeFunctions::duration, needs("duration", STRING)),
              OttlFunction.of("FNV", HashFunctions::fnv, TARGET),
              OttlFunction.of(
                  "HasPrefix", TextFunctions::hasPrefix, TARGET, needs("prefix", STRING)),
              OttlFunction.of(
                  "HasSuffix", TextFunctions::hasSuffix, TARGET, needs("suffix", STRING)),
              OttlFunction.of("Hex", HashFunctions::hex, needs("target", BYTES_LIKE)),
              OttlFunction.of(
                  "Index", ListFunctions::index, needs("target", ANY), needs("value", ANY)),
              OttlFunction.of("Int", arguments -> arguments[0], needs("target", INT_LIKE)),
              is("IsBool", OttlKind.BOOL),
              is("IsDouble", OttlKind.DOUBLE),
              OttlFunction.of("IsEmpty", ListFunctions::isEmpty, needs("target", ANY)),
              OttlFunction.of(
                  "IsInCIDR", NetworkFunctions::isInCidr, TARGET, needsEach("networks", STRING)),
              is("IsInt", INT),
              OttlFunction.of("IsList", ListFunctions::isList, needs("target", ANY)),
              is("IsMap", MAP),
              OttlFunction.of(
                  "IsMatch",
                  TextFunctions::isMatch,
                  needs("target", STRING_LIKE),
                  needs("pattern", STRING)),
              OttlFunction.of("IsRootSpan", arguments -> null), // of the span, see OttlProgram
              is("IsString", STRING),
              OttlFunction.of("IsValidLuhn", HashFunctions::luhn, needs("target", STRING_LIKE)),
              OttlFunction.of("Keys", ListFunctions::keys, needs("target", MAP)),
              OttlFunction.of("Len", ListFunctions::length, needs("target", ANY)),
              OttlFunction.of("Log", HashFunctions::log, needs("target", DOUBLE_LIKE)),
              digest("MD5", "MD5"),
              ofTime("Day", OffsetDateTime::getDayOfMonth),
              ofTime("Hour", OffsetDateTime::getHour),
              ofTime("Minute", OffsetDateTime::getMinute),
              ofTime("Month", OffsetDateTime::getMonthValue),
              ofTime("Nanosecond", OffsetDateTime::getNano),
              ofTime("Second", OffsetDateTime::getSecond),
              ofTime("UnixMicro", time -> TimeFunctions.since1970(time, 1_000)),
              ofTime("UnixMilli", time -> TimeFunctions.since1970(time, 1_000_000)),
              ofTime("UnixNano", time -> TimeFunctions.since1970(time, 1)),
              ofTime("UnixSeconds", OffsetDateTime::toEpochSecond),
              ofTime("Weekday", time -> time.getDayOfWeek().getValue() % 7),
              ofTime("Year", OffsetDateTime::getYear),
              ofDuration("Hours", nanos -> TimeFunctions.in(nanos, 3_600_000_000_000L)),
              ofDuration("Minutes", nanos -> TimeFunctions.in(nanos, 60_000_000_000L)),
              ofDuration("Seconds", nanos -> TimeFunctions.in(nanos, 1_000_000_000L)),
              wholeOfDuration("Microseconds", 1_000),
              wholeOfDuration("Milliseconds", 1_000_000),
              wholeOfDuration("Nanoseconds", 1),
              OttlFunction.of("Now", arguments -> Instant.now()),
              OttlFunction.of("ParseInt", TextFunctions::parseInt, TARGET, needs("base", INT)),
              digest("SHA1", "SHA-1"),
              digest("SHA256", "SHA-256"),
              digest("SHA512", "SHA-512"),
              OttlFunction.of("SpanID", HashFunctions.id(8), needs("target", BYTES_LIKE)),
              OttlFunction.of("Split", TextFunctions::split, TARGET, needs("delimiter", STRING)),
              OttlFunction.of("String", arguments -> arguments[0], needs("target", STRING_LIKE)),
              OttlFunction.of(
                  "Substring",
                  TextFunctions::substring,
                  TARGET,
                  needs("start", INT),
                  needs("length", INT),
                  may("utf8_safe", LITERAL_BOOL)),
              OttlFunction.of("ToLowerCase", a -> TextFunctions.lower((String) a[0]), TARGET),
              OttlFunction.of("ToUpperCase", a -> TextFunctions.upper((String) a[0]), TARGET),
              OttlFunction.of("TraceID", HashFunctions.id(16), needs("target", BYTES_LIKE)),
              OttlFunction.of(
                  "Trim", TextFunctions::trim, TARGET, may("replacement", LITERAL_STRING)),
              OttlFunction.of(
                  "TrimPrefix", TextFunctions::trimPrefix, TARGET, needs("prefix", STRING)),
              OttlFunction.of(
                  "TrimSuffix", TextFunctions::trimSuffix, TARGET, needs("suffix", STRING)),
              OttlFunction.of(
                  "TruncateTime",
                  TimeFunctions::truncate,
                  needs("time", TIME),
                  needs("duration", DURATION)),
              OttlFunction.of(
                  "Unix", TimeFunctions::unix, needs("seconds", INT), may("nanoseconds", INT)),
              OttlFunction.of("Values", ListFunctions::values, needs("target", MAP)))
          .collect(Collectors.toMap(OttlFunction::name, Function.identity()));

  /** Functions that the Collector has and this does not read. */
  private static final Set<String> UNREAD =
      Set.of(
          "All",
          "Any",
          "Append",
          "CommunityID",
          "ConvertAttributesToElementsXML",
          "ConvertTextToElementsXML",
          "DeleteIndex",
          "ExtractGrokPatterns",
          "ExtractPatterns",
          "Filter",
          "Find",
          "Format",
          "FormatTime",
          "GetXML",
          "InsertXML",
          "MapEach",
          "MapKeys",
          "Murmur3Hash",
          "Murmur3Hash128",
          "ParseCSV",
          "ParseJSON",
          "ParseKeyValue",
          "ParseSeverity",
          "ParseSimplifiedXML",
          "ParseXML",
          "ProfileID",
          "Reduce",
          "RemoveXML",
          "SliceToMap",
          "Sort",
          "Time",
          "ToCamelCase",
          "ToKeyValueString",
          "ToSnakeCase",
          "URL",
          "UUID",
          "UUIDv7",
          "UserAgent",
          "When",
          "XXH128",
          "XXH3");

  private OttlFunctions() {}

  /**
   * Finds a function.
   *
   * @throws Ottl.UnsupportedException naming it, if it is none of those read here
   */
  static OttlFunction find(String name, boolean ofEvent) throws Ottl.UnsupportedException {
    OttlFunction found = ALL.get(name);
    if (found == null && UNREAD.contains(name)) {
      throw new Ottl.UnsupportedException("the function " + name + " is not read here");
    }
    if (found == null || (ofEvent && name.equals("IsRootSpan"))) {
      throw new Ottl.InvalidException("there is no function " + name + " here");
    }
    return found;
  }

  /** Names of all that are read. */
  static Set<String> names() {
    return ALL.keySet();
  }

  private static OttlFunction is(String name, OttlKind kind) {
    return OttlFunction.of(
        name,
        arguments -> ListFunctions.is(arguments[0], kind),
        new Parameter("target", ANY, false, false, kind));
  }

  private static OttlFunction digest(String name, String algorithm) {
    return OttlFunction.of(name, HashFunctions.digest(algorithm), TARGET);
  }

  private static OttlFunction ofTime(String name, ToLongFunction<OffsetDateTime> read) {
    return OttlFunction.of(name, a -> read.applyAsLong(utc(a[0])), needs("time", TIME));
  }

  private static OffsetDateTime utc(@Nullable Object time) {
    return ((Instant) java.util.Objects.requireNonNull(time)).atOffset(ZoneOffset.UTC);
  }

  private static OttlFunction ofDuration(String name, ToDoubleFunction<Long> read) {
    return OttlFunction.of(name, a -> read.applyAsDouble(nanos(a[0])), needs("duration", DURATION));
  }

  private static OttlFunction wholeOfDuration(String name, long unit) {
    return OttlFunction.of(name, a -> nanos(a[0]) / unit, needs("duration", DURATION));
  }

  private static long nanos(@Nullable Object duration) {
    return ((Nanos) java.util.Objects.requireNonNull(duration)).value();
  }
}
