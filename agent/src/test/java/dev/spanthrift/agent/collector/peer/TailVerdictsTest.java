package dev.spanthrift.agent.collector.peer;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Collector 0.161.0 kept of random traces under random policies of {@code
 * tail_sampling}: every type, also inside and, not, drop and composite.
 */
class TailVerdictsTest {
  private static final String RECORD = "verdicts/tail.tsv";
  private static final int TRACES = 60;
  private static final int CASES = 120;
  private static final long START = 1_700_000_000_000_000_000L;
  private static final String[] STATES = {"", "", "k=v", "k=w,a=1", "a=1,a=2", "BAD", "k=v, z=1"};
  private static final String[] CONDITIONS = {
    "attributes[\"n\"] > 3",
    "attributes[\"s\"] == \"x\"",
    "HasPrefix(attributes[\"s\"], \"x\")",
    "not HasPrefix(attributes[\"s\"], \"x\")",
    "IsRootSpan() and status.code == STATUS_CODE_ERROR",
    "end_time - start_time > Duration(\"300ms\")",
    "resource.attributes[\"b\"] == true",
    "Int(attributes[\"s\"]) > 1 or attributes[\"n\"] == nil",
  };

  @TempDir Path folder;

  private final Random random = new Random(20_261_130);

  private List<ExportTraceServiceRequest> requests() {
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    for (int i = 0; i < TRACES; i++) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      int spans = 1 + random.nextInt(6);
      ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
      for (int j = 0; j < spans; j++) {
        ScopeSpans.Builder scope =
            ScopeSpans.newBuilder().addSpans(span(ByteString.copyFrom(id), i * 10 + j, j == 0));
        ResourceSpans.Builder resource = ResourceSpans.newBuilder().addScopeSpans(scope);
        attributes().forEach(resource.getResourceBuilder()::addAttributes);
        request.addResourceSpans(resource);
      }
      requests.add(request.build());
    }
    return requests;
  }

  private Span span(ByteString trace, int number, boolean first) {
    long from = START + random.nextInt(5) * 100_000_000L;
    return Span.newBuilder()
        .setTraceId(trace)
        .setSpanId(id(number + 1))
        .setParentSpanId(first && random.nextBoolean() ? ByteString.EMPTY : id(7))
        .setName("s")
        .setTraceState(STATES[random.nextInt(STATES.length)])
        .setFlags(random.nextInt(4) == 0 ? 1 : 0)
        .setStartTimeUnixNano(random.nextInt(20) == 0 ? 0 : from)
        .setEndTimeUnixNano(random.nextInt(20) == 0 ? 0 : from + random.nextInt(6) * 100_000_000L)
        .addAllAttributes(attributes())
        .setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)))
        .build();
  }

  private static ByteString id(int number) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(number).flip());
  }

  private List<KeyValue> attributes() {
    List<KeyValue> attributes = new ArrayList<>();
    for (String key : new String[] {"n", "s", "b"}) {
      KeyValue.Builder pair = KeyValue.newBuilder().setKey(key);
      switch (random.nextInt(7)) {
        case 0 -> pair.getValueBuilder().setIntValue(random.nextInt(8));
        case 1 -> pair.getValueBuilder().setStringValue(pick("x", "xy", "", "42"));
        case 2 -> pair.getValueBuilder().setBoolValue(random.nextBoolean());
        case 3 -> pair.getValueBuilder().setDoubleValue(4.5);
        default -> {
          continue;
        }
      }
      attributes.add(pair.build());
    }
    return attributes;
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  private List<PeerCase> cases() {
    List<PeerCase> cases = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      List<Map<String, Object>> policies = new ArrayList<>();
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        policies.add(policy("p" + j, 2));
      }
      Map<String, Object> tail = PeerCase.tail(policies);
      if (random.nextInt(4) == 0) {
        tail.put("sample_on_first_match", true);
      }
      cases.add(new PeerCase(i + " " + tail, Map.of("tail_sampling", tail)));
    }
    return cases;
  }

  /** Limits by time are left to the corpus: what they keep depends on the moment. */
  private Map<String, Object> policy(String name, int depth) {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", name);
    int kind = random.nextInt(depth == 2 ? 18 : depth == 1 ? 13 : 11);
    switch (kind) {
      case 0 -> policy.put("type", "always_sample");
      case 1 -> put(policy, "latency", latency());
      case 2 -> put(policy, "numeric_attribute", number());
      case 3 -> put(policy, "probabilistic", Map.of("sampling_percentage", random.nextInt(5) * 25));
      case 4 -> put(policy, "status_code", Map.of("status_codes", statuses()));
      case 5, 6 -> put(policy, "string_attribute", text());
      case 7 -> put(policy, "boolean_attribute", flag());
      case 8 -> put(policy, "trace_state", state());
      case 9 -> put(policy, "span_count", count());
      case 10, 11 -> put(policy, "ottl_condition", ottl());
      case 12 -> policy.put("type", "trace_flags");
      case 13, 14 -> put(policy, "and", Map.of("and_sub_policy", subPolicies(1)));
      case 15 -> put(policy, "not", Map.of("not_sub_policy", policy("n", 0)));
      case 16 -> put(policy, "drop", Map.of("drop_sub_policy", subPolicies(1)));
      default -> put(policy, "composite", composite());
    }
    return policy;
  }

  private static void put(Map<String, Object> policy, String type, Map<String, Object> own) {
    policy.put("type", type);
    policy.put(type, own);
  }

  private List<Map<String, Object>> subPolicies(int depth) {
    List<Map<String, Object>> policies = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      policies.add(policy("sub" + i, depth));
    }
    return policies;
  }

  private Map<String, Object> latency() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("threshold_ms", random.nextInt(5) * 100);
    if (random.nextBoolean()) {
      own.put("upper_threshold_ms", 500 + random.nextInt(4) * 100);
    }
    return own;
  }

  private Map<String, Object> number() {
    Map<String, Object> own = inverted();
    own.put("key", pick("n", "s"));
    own.put("min_value", random.nextInt(6) - 2);
    own.put("max_value", 4 + random.nextInt(4));
    return own;
  }

  private Map<String, Object> inverted() {
    Map<String, Object> own = new LinkedHashMap<>();
    if (random.nextInt(3) == 0) {
      own.put("invert_match", true);
    }
    return own;
  }

  private List<String> statuses() {
    List<String> all = new ArrayList<>(List.of("OK", "ERROR", "UNSET"));
    all.remove(random.nextInt(3));
    if (random.nextBoolean()) {
      all.remove(random.nextInt(2));
    }
    return all;
  }

  private Map<String, Object> text() {
    Map<String, Object> own = inverted();
    own.put("key", pick("s", "n"));
    if (random.nextBoolean()) {
      own.put("enabled_regex_matching", true);
      own.put("values", List.of(pick("^x", "y$", "[0-9]", "^$", ".*")));
    } else {
      own.put("values", List.of(pick("x", "42"), pick("xy", "")));
    }
    return own;
  }

  private Map<String, Object> flag() {
    Map<String, Object> own = inverted();
    own.put("key", pick("b", "n"));
    own.put("value", random.nextBoolean());
    return own;
  }

  private Map<String, Object> state() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("key", pick("k", "a", "z"));
    own.put("values", List.of(pick("v", "1"), pick("w", "2")));
    return own;
  }

  private Map<String, Object> count() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("min_spans", random.nextInt(4));
    if (random.nextBoolean()) {
      own.put("max_spans", 3 + random.nextInt(3));
    }
    return own;
  }

  private Map<String, Object> ottl() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("error_mode", pick("ignore", "silent", "propagate"));
    own.put("span", List.of(pick(CONDITIONS), pick(CONDITIONS)));
    return own;
  }

  private Map<String, Object> composite() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("max_total_spans_per_second", 1_000_000); // so that time decides nothing
    own.put("composite_sub_policy", subPolicies(0));
    return own;
  }

  @Test
  void everyTraceIsKeptThatTheCollectorKeeps() {
    List<ExportTraceServiceRequest> requests = requests();
    Verdicts.compare(RECORD, folder, cases(), requests);
  }

  @Test
  @EnabledIfSystemProperty(named = "collector.peer", matches = ".+")
  void theRecordIsWhatTheCollectorKeeps() throws Exception {
    List<ExportTraceServiceRequest> requests = requests();
    Verdicts.record(RECORD, folder, cases(), requests);
  }
}
