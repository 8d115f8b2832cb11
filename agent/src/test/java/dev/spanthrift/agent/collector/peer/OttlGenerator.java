package dev.spanthrift.agent.collector.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Conditions by chance, from the same words again and again: most of them mean something. */
final class OttlGenerator {
  private static final String[] KEYS = {
    "http.status_code", "url.path", "user.id", "ok", "ratio", "m", "l", "b", "host", "none", "n"
  };
  private static final String[] FIELDS = {
    "name",
    "kind",
    "kind.string",
    "status.code",
    "status.message",
    "trace_state",
    "trace_state[\"k\"]",
    "parent_span_id",
    "parent_span_id.string",
    "start_time",
    "end_time",
    "start_time_unix_nano",
    "flags",
    "dropped_links_count",
    "resource.attributes[\"service.name\"]",
    "instrumentation_scope.name",
    "scope.version",
  };
  private static final String[] LITERALS = {
    "nil",
    "true",
    "false",
    "0",
    "1",
    "42",
    "503",
    "-7",
    "0.5",
    "4.5",
    "\"\"",
    "\"42\"",
    "\"x\"",
    "\"/checkout\"",
    "\"a,b,c\"",
    "SPAN_KIND_SERVER",
    "STATUS_CODE_ERROR",
    "0x01ab",
    "[]",
    "[42, \"x\"]",
    "{\"x\": 42}",
    "Duration(\"700ms\")",
    "SpanID(0x0000000000000001)",
  };
  private static final String[] OF_ONE = {
    "Int",
    "Double",
    "String",
    "Bool",
    "Len",
    "ToLowerCase",
    "ToUpperCase",
    "Trim",
    "Hex",
    "Log",
    "Keys",
    "Values",
    "Hour",
    "UnixSeconds",
    "Milliseconds",
    "MD5",
    "FNV",
    "Base64Encode",
  };
  private static final String[] TESTS = {
    "IsString", "IsInt", "IsDouble", "IsBool", "IsMap", "IsList", "IsEmpty", "IsValidLuhn",
  };
  private static final String[] OPERATORS = {"==", "!=", "<", "<=", ">", ">="};

  private final Random random;

  OttlGenerator(long seed) {
    random = new Random(seed);
  }

  List<String> conditions(int count) {
    List<String> conditions = new ArrayList<>();
    while (conditions.size() < count) {
      String condition = condition(2);
      if (!conditions.contains(condition)) {
        conditions.add(condition);
      }
    }
    return conditions;
  }

  private String condition(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return test();
    }
    String left = condition(depth - 1);
    return switch (random.nextInt(4)) {
      case 0 -> left + " and " + condition(depth - 1);
      case 1 -> left + " or " + condition(depth - 1);
      case 2 -> "not (" + left + ")";
      default -> "(" + left + ") and not (" + condition(depth - 1) + ")";
    };
  }

  private String test() {
    return switch (random.nextInt(8)) {
      case 0 -> pick(TESTS) + "(" + value(1) + ")";
      case 1 -> "HasPrefix(" + value(0) + ", " + pick("\"/\"", "\"G\"", "\"\"", "name") + ")";
      case 2 -> "IsMatch(" + value(1) + ", " + pick("\"^[0-9]+$\"", "\"e\"", "\"(?i)X\"") + ")";
      case 3 -> "ContainsValue(" + value(1) + ", " + pick(LITERALS) + ")";
      default -> value(2) + " " + pick(OPERATORS) + " " + value(1);
    };
  }

  private String value(int depth) {
    int kind = random.nextInt(depth == 0 ? 6 : 12);
    return switch (kind) {
      case 0, 1, 2 -> "attributes[\"" + pick(KEYS) + "\"]";
      case 3 -> pick(FIELDS);
      case 4 -> depth == 0 ? pick(FIELDS) : pick(LITERALS);
      case 5 -> "attributes[\"" + pick("m", "l") + "\"][" + pick("\"x\"", "\"y\"", "0", "1") + "]";
      case 6, 7 -> pick(OF_ONE) + "(" + value(depth - 1) + ")";
      case 8 -> number(depth - 1) + " " + pick("+", "-", "*", "/") + " " + number(depth - 1);
      case 9 -> "Concat([" + value(depth - 1) + ", " + value(0) + "], \"-\")";
      case 10 -> "Coalesce([" + value(depth - 1) + ", " + value(0) + "])";
      default -> "Split(" + value(depth - 1) + ", \",\")[" + random.nextInt(3) + "]";
    };
  }

  private String number(int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> pick("1", "2", "0.5", "100");
      case 1 -> pick("start_time", "end_time", "end_time_unix_nano", "status.code");
      default -> depth > 0 ? "Int(" + value(0) + ")" : "attributes[\"" + pick(KEYS) + "\"]";
    };
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }
}
