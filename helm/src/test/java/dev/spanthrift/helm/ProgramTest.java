package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.spanthrift.agent.command.Verbs;
import dev.spanthrift.agent.config.settings.MemoryPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The program reads what the chart renders: {@code spanthrift check} with the file of the ConfigMap
 * and the environment of the container.
 */
@Isolated("changes what all of the process sees")
class ProgramTest {
  /** What {@code check} looks for outside of the configuration. */
  private static final Pattern OF_THE_MACHINE =
      Pattern.compile(
          "(.*port .*|stateDir .*|destination .*|fleet .*|admin.tokenFile|.*ertificate.*|warning)");

  @TempDir Path folder;

  /** Those that have a configuration: a cluster's sidecars get theirs from the injector. */
  static Stream<Path> examples() throws IOException {
    List<Path> examples =
        ExamplesTest.examples()
            .filter(e -> !e.getFileName().toString().startsWith("cluster"))
            .toList();
    assertTrue(examples.size() >= 6, examples::toString);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void takesEveryExample(Path example) throws IOException {
    List<JsonObject> checks = check(Chart.render(example.resolve("values.yaml")));
    assertEquals(List.of(), failed(checks));
    assertTrue(ofTheProgram(checks).anyMatch(c -> text(c, "check").equals("configuration")));
  }

  @Test
  void findsWhatTheSchemaCannotKnowOfPolicies() throws IOException {
    String values = "policies: [{name: a, match: {name: {matches: '('}}, keep: true}]";
    assertFalse(failed(check(Chart.render(Chart.SIDECAR, values))).isEmpty());
  }

  @Test
  void findsWhatTheSchemaCannotKnowOfSettings() throws IOException {
    String values = "config: {hold: {pause: soon}}";
    assertFalse(failed(check(Chart.render(Chart.SIDECAR, values))).isEmpty());
    assertFalse(failed(check(Chart.render(Chart.GATEWAY, values))).isEmpty());
  }

  /** What the launcher makes of it, all parts of the process together, is within the limit. */
  @Test
  void theMemoryOfTheSidecarFollowsFromItsLimit() {
    JsonObject container = Chart.render(Chart.SIDECAR).spanthrift();
    String field = "valueFrom.resourceFieldRef.resource";
    assertEquals("limits.memory", text(variable(container, "SPANTHRIFT_MEMORY"), field));
    long limit = mebibytes(text(container, "resources.limits.memory"));
    MemoryPlan plan = MemoryPlan.of(limit);
    assertTrue(plan.fits(plan.heap() << 20), plan::toString);
    assertTrue(mebibytes(text(container, "resources.requests.memory")) <= limit);
  }

  /** Without a limit the field would be what the whole node has. */
  @Test
  void withoutALimitTheLauncherChooses() {
    JsonObject container =
        Chart.render(Chart.SIDECAR, "sidecar: {resources: {limits: null}}").spanthrift();
    assertFalse(
        container.getAsJsonArray("env").asList().stream()
            .anyMatch(v -> text(v, "name").equals("SPANTHRIFT_MEMORY")));
  }

  private static JsonElement variable(JsonObject container, String name) {
    return container.getAsJsonArray("env").asList().stream()
        .filter(v -> text(v, "name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static long mebibytes(String text) {
    Matcher matcher = Pattern.compile("(\\d+)Mi").matcher(text);
    assertTrue(matcher.matches(), text);
    return Long.parseLong(matcher.group(1));
  }

  private List<JsonObject> check(Rendered rendered) throws IOException {
    Path file = folder.resolve("spanthrift.yaml");
    Files.writeString(file, configuration(rendered));
    String[] arguments = {"check", "--config", file.toString(), "-o", "json"};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int unused =
          Verbs.run(
              arguments,
              environment(rendered),
              () -> {
                throw new AssertionError("check starts nothing");
              });
    } finally {
      System.setOut(before);
    }
    JsonObject answer = Rendered.parse(out.toString(StandardCharsets.UTF_8));
    return answer.getAsJsonArray("checks").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static String configuration(Rendered rendered) {
    return rendered.objects().stream()
        .filter(object -> text(object, "kind").equals("ConfigMap"))
        .map(object -> at(object, "data").getAsJsonObject())
        .filter(data -> data.has("spanthrift.yaml"))
        .map(data -> data.get("spanthrift.yaml").getAsString())
        .findFirst()
        .orElseThrow();
  }

  /** As the kubelet would set it; Secrets have some text, ports are free ones. */
  private Map<String, String> environment(Rendered rendered) {
    Map<String, String> environment = new HashMap<>();
    JsonObject container =
        rendered.kinds().contains("Deployment")
            ? rendered.spanthrift()
            : Chart.render(Chart.SIDECAR).spanthrift();
    for (JsonElement variable : container.getAsJsonArray("env")) {
      String name = text(variable, "name");
      boolean secret = variable.getAsJsonObject().has("valueFrom");
      environment.put(name, secret ? "api-key=secret" : text(variable, "value"));
    }
    for (String port : List.of("LISTEN_GRPC_PORT", "LISTEN_HTTP_PORT", "ADMIN_PORT")) {
      environment.put("SPANTHRIFT_" + port, "0");
    }
    return environment;
  }

  private static Stream<JsonObject> ofTheProgram(List<JsonObject> checks) {
    return checks.stream().filter(c -> !OF_THE_MACHINE.matcher(text(c, "check")).matches());
  }

  private static List<JsonObject> failed(List<JsonObject> checks) {
    return ofTheProgram(checks).filter(c -> !at(c, "ok").getAsBoolean()).toList();
  }
}
