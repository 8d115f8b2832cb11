package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.reading.KeyFate;
import dev.spanthrift.agent.collector.reading.KeyForm;
import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.KeyTable.KeyRow;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.translate.Import;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No key of any component that is read is ignored without a word: each is written once. */
class KeyWalkTest {
  @TempDir Path folder;

  /** A key of a component. */
  record Asked(String component, KeyRow key) {
    @Override
    public String toString() {
      return component + " " + key.path();
    }
  }

  static Stream<Asked> keys() {
    return KeyTable.tables().stream()
        .flatMap(table -> table.keys().stream().map(key -> new Asked(table.name(), key)))
        .filter(
            asked ->
                asked.key().fate() != KeyFate.PARTS
                    && asked.key().form().type() != KeyForm.Sort.PARTS)
        .filter(asked -> !asked.component().equals("rate_allocation"));
  }

  /** What comes of a file: everything that somebody could see of it. */
  private record Seen(List<String> words, List<Remark> remarks, String outcome) {}

  private Seen seen(String text) throws Exception {
    Path file = folder.resolve("c.yaml");
    Files.writeString(file, text);
    List<Remark> remarks = new ArrayList<>();
    try {
      String outcome = "";
      if (!text.contains("RulesVersion")) {
        CollectorFile run = CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST);
        remarks.addAll(run.remarks());
        outcome = run.settings() + " " + run.stages().toString().replaceAll("@[0-9a-f]+", "");
      }
      Import imported = Import.read(file, Map.of());
      remarks.addAll(imported.remarks());
      return new Seen(
          remarks.stream().map(Remark::toString).toList(), remarks, outcome + imported.settings());
    } catch (SettingsException e) {
      return new Seen(e.problems().stream().map(Object::toString).toList(), List.of(), "");
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyKeyIsObeyedOrNamed(Asked asked) throws Exception {
    KeyRow key = asked.key();
    Seen without = seen(YamlText.of(with(asked, null)));
    Seen with = seen(YamlText.of(with(asked, sample(asked))));
    assertEquals(without, seen(YamlText.of(with(asked, null))), "can be compared");
    boolean named =
        with.words().stream()
            .filter(word -> !without.words().contains(word))
            .anyMatch(word -> word.contains(last(key.path())));
    boolean obeyed = !with.outcome().isEmpty() && !with.outcome().equals(without.outcome());
    switch (key.fate()) {
      case CARRIED, PARTS -> assertTrue(obeyed || named, () -> with + "\n" + without);
      default -> assertTrue(named, () -> with.words() + " names it");
    }
    if (key.fate() == KeyFate.REFUSED) {
      assertTrue(
          with.remarks().stream().anyMatch(remark -> remark.kind() == Remark.Kind.LOSS),
          () -> with.words().toString());
    }
  }

  @Test
  void theTablesHaveTheKeysThatTheCollectorHas() {
    assertTrue(keys().count() > 200, "" + keys().count());
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static Object sample(Asked asked) {
    KeyRow key = asked.key();
    String path = asked + "";
    if (path.endsWith("authenticator")) {
      return "basicauth";
    }
    if (path.endsWith("endpoint")) {
      return path.contains("http") ? "http://sample:9" : "sample:9";
    }
    if (path.endsWith("proxy_url")) {
      return "http://sample:3128";
    }
    if (path.endsWith("compression_algorithms")) {
      return List.of("snappy");
    }
    if (path.endsWith("status_codes")) {
      return List.of("OK");
    }
    if (path.equals("policy ottl_condition span")) {
      return List.of("name == \"x\"");
    }
    if (path.equals("policy ottl_condition spanevent")) {
      return List.of("name == \"x\"");
    }
    if (path.equals("refinery condition Operator")) {
      return "exists";
    }
    return switch (key.form().type()) {
      case TEXT -> "sample";
      case WHOLE, COUNT -> 7;
      case NUMBER -> 0.7;
      case FLAG -> !key.byDefault().equals("true");
      case TIME -> "7s";
      case LIST -> List.of("sample");
      case HEADERS, ANY, PARTS -> Map.of("sample", "x");
      case ONE ->
          key.form().allowed().stream()
              .filter(word -> !word.isEmpty() && !word.equals(key.byDefault()))
              .findFirst()
              .orElseThrow();
    };
  }

  /** A whole file, with one more key in one component. */
  private static Map<String, Object> with(Asked asked, Object value) {
    String component = asked.component();
    if (component.startsWith("refinery")) {
      return refinery(asked, value);
    }
    Map<String, Object> file = plain(component);
    if (component.startsWith("policy ")) {
      String type = component.substring(7);
      put(policy(file), type + "." + asked.key().path(), value);
    } else if (component.equals("service")) {
      put(file, "service." + asked.key().path(), value);
    } else if (component.equals("pipeline")) {
      put(file, "service.pipelines.traces." + asked.key().path(), value);
    } else {
      put(section(file, component), asked.key().path(), value);
    }
    companions(file, component, asked.key().path());
    if (asked.key().path().equals("check_interval") && value == null) {
      section(file, component).remove("check_interval");
    }
    if (asked.key().path().startsWith("htpasswd")) {
      section(file, component).remove("client_auth");
      section(file, "exporters/otlp").remove("auth");
    }
    return file;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Map<String, Object> file, String component) {
    String[] parts = component.split("/");
    return (Map<String, Object>) ((Map<String, Object>) file.get(parts[0])).get(parts[1]);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> policy(Map<String, Object> file) {
    return ((List<Map<String, Object>>) section(file, "processors/tail_sampling").get("policies"))
        .getFirst();
  }

  private static Map<String, Object> plain(String component) {
    String type = component.startsWith("policy ") ? component.substring(7) : "always_sample";
    String exporter = component.startsWith("exporters/") ? component.substring(10) : "otlp";
    List<String> processors = new ArrayList<>(List.of("tail_sampling"));
    Map<String, Object> definitions = map("tail_sampling", map("policies", List.of(first(type))));
    if (component.startsWith("processors/") && !component.endsWith("/tail_sampling")) {
      boolean limiter = component.endsWith("/memory_limiter");
      processors.add(component.substring(11));
      definitions.put(
          component.substring(11),
          limiter ? map("check_interval", "1s", "limit_mib", 100) : new LinkedHashMap<>());
    }
    String extension = component.startsWith("extensions/") ? component.substring(11) : "basicauth";
    Map<String, Object> out = map("endpoint", exporter.equals("otlp") ? "b:1" : "https://b:1");
    if (component.startsWith("extensions/")) {
      out.put("auth", map("authenticator", extension));
    }
    Map<String, Object> credentials =
        extension.equals("basicauth")
            ? map("client_auth", map("username", "u", "password", "p"))
            : map("token", "t");
    return map(
        "receivers", map("otlp", map("protocols", map("grpc", map(), "http", map()))),
        "processors", definitions,
        "exporters", map(exporter, out),
        "extensions", map(extension, credentials),
        "service",
            map(
                "extensions", List.of(extension),
                "pipelines",
                    map(
                        "traces",
                        map(
                            "receivers", List.of("otlp"),
                            "processors", processors,
                            "exporters", List.of(exporter)))));
  }

  private static Map<String, Object> first(String type) {
    Map<String, Object> own =
        switch (type) {
          case "numeric_attribute" -> map("key", "k", "min_value", 1);
          case "string_attribute" -> map("key", "k", "values", List.of("v"));
          case "boolean_attribute", "trace_state" -> map("key", "k", "values", List.of("v"));
          case "status_code" -> map("status_codes", List.of("ERROR"));
          case "ottl_condition" -> map("span", List.of("name == \"a\""), "spanevent", List.of());
          case "rate_limiting" -> map("spans_per_second", 1);
          case "bytes_limiting" -> map("bytes_per_second", 1);
          case "composite" ->
              map(
                  "max_total_spans_per_second",
                  1,
                  "composite_sub_policy",
                  List.of(map("name", "s", "type", "always_sample")));
          default -> map();
        };
    if (type.equals("boolean_attribute")) {
      own.remove("values");
    }
    Map<String, Object> policy = map("name", "p", "type", type);
    if (!own.isEmpty()) {
      policy.put(type, own);
    }
    return policy;
  }

  /** What a key does not stand without, so that its own word is heard. */
  private static void companions(Map<String, Object> file, String component, String path) {
    if (path.contains("tls.")) {
      String tls = path.substring(0, path.indexOf("tls.") + 4);
      String form = path.matches(".*(cert|key)_pem") ? "_pem" : "_file";
      for (String half : List.of("cert", "key")) {
        if (!path.equals(tls + half + form)) {
          putIfAbsent(section(file, component), tls + half + form, "/x");
        }
      }
    }
    if (path.contains("cors.") && !path.endsWith("allowed_origins")) {
      putIfAbsent(
          section(file, component), path.replaceFirst("[^.]*$", "allowed_origins"), List.of("*"));
    }
    if (path.endsWith("max_connection_age_grace")) {
      putIfAbsent(section(file, component), path.replace("_grace", ""), "9s");
    }
    if (path.equals("sending_queue.queue_size")) {
      putIfAbsent(section(file, component), "sending_queue.sizer", "bytes");
    }
  }

  private static Map<String, Object> refinery(Asked asked, Object value) {
    Map<String, Object> condition = map("Field", "f", "Operator", "=", "Value", 5);
    Map<String, Object> rule = map("Name", "r", "SampleRate", 2);
    Map<String, Object> rules = map("Rules", List.of(rule));
    Map<String, Object> samplers = map("RulesBasedSampler", rules);
    Map<String, Object> file = map("RulesVersion", 2, "Samplers", map("__default__", samplers));
    String path = asked.key().path();
    String of = asked.component().replaceFirst("refinery ?", "");
    switch (of) {
      case "" -> put(file, path, value);
      case "rule" -> {
        rule.put("Conditions", List.of(condition, map("Field", "g", "Operator", "exists")));
        put(rule, path, value);
      }
      case "condition" -> {
        rule.put("Conditions", List.of(condition));
        if (path.equals("Fields") && value != null) {
          condition.remove("Field");
        }
        put(condition, path, value);
      }
      case "RulesBasedSampler" -> put(rules, path, value);
      default -> {
        Map<String, Object> sampler =
            map(of.contains("Throughput") ? "GoalThroughputPerSec" : "ignored", 3);
        sampler.remove("ignored");
        put(sampler, path, value);
        samplers.remove("RulesBasedSampler");
        samplers.put(of, sampler);
      }
    }
    return file;
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static void put(Map<String, Object> map, String path, Object value) {
    if (value != null) {
      put(map, path.split("\\."), 0, value, true);
    }
  }

  private static void putIfAbsent(Map<String, Object> map, String path, Object value) {
    put(map, path.split("\\."), 0, value, false);
  }

  @SuppressWarnings("unchecked")
  private static void put(
      Map<String, Object> map, String[] path, int at, Object value, boolean over) {
    if (at == path.length - 1) {
      if (over || !map.containsKey(path[at])) {
        map.put(path[at], value);
      }
    } else {
      put(
          (Map<String, Object>) map.computeIfAbsent(path[at], key -> new LinkedHashMap<>()),
          path,
          at + 1,
          value,
          over);
    }
  }
}
