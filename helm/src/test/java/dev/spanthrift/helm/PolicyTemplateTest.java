package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.Names;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.injection.SidecarResources;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The chart's admission policy writes down once more what the injector adds; what can be compared
 * without an API server is compared here, the rest by {@code PolicyModeKubeIT}.
 */
class PolicyTemplateTest {
  private static final Pattern VARIABLE = Pattern.compile("\"name\": dyn\\(\"([A-Z_]+)\"\\)");

  @Test
  void theSidecarHasTheInjectorsVariables() {
    List<JsonObject> policies =
        Chart.render(Chart.CLUSTER, "injection: {mode: policy}").objects().stream()
            .filter(object -> text(object, "kind").equals("MutatingAdmissionPolicy"))
            .toList();
    assertEquals(2, policies.size());
    for (JsonObject policy : policies) {
      String all = policy.toString().replace("\\\"", "\"");
      String container = all.substring(all.indexOf("\"/spec/initContainers/\""));
      TreeSet<String> variables = new TreeSet<>();
      Matcher matcher = VARIABLE.matcher(container);
      while (matcher.find()) {
        variables.add(matcher.group(1));
      }
      // Only where an annotation names a Secret, which may be absent.
      assertTrue(all.contains("\"headers\"), \"optional\": dyn(true)"), all);
      variables.remove("OTEL_EXPORTER_OTLP_HEADERS");
      variables.remove("SPANTHRIFT_ADMIN_OPERATOR_TOKEN_FILE");
      assertEquals(injected(), variables);
      for (String known : Names.MESH_CONTAINERS) {
        assertTrue(all.contains("\"" + known + "\""), known);
      }
      for (String known : Names.KNOWN_SIDECARS) {
        assertTrue(all.contains("\"" + known + "\""), known);
      }
    }
  }

  private static TreeSet<String> injected() {
    SidecarDefaults defaults =
        new SidecarDefaults(
            "spanthrift:0.1.0",
            null,
            "https://otlp.example.com:4318",
            "http/protobuf",
            "shadow",
            "https://controller.spanthrift.svc",
            "spanthrift-controller-ca",
            null,
            SidecarDefaults.USER,
            Names.DEFAULT_REVISION,
            null,
            true,
            SidecarResources.DEFAULT);
    JsonNode pod =
        JsonMapper.shared()
            .readTree(
                """
                {"metadata": {"labels": {"spanthrift.dev/inject": "true"}},
                 "spec": {"containers": [{"name": "cart", "image": "cart:1"}]}}
                """);
    Injection injection =
        new PodInjector(defaults).inject(pod, new PodNamespace("shop", Map.of(), Map.of()));
    TreeSet<String> names = new TreeSet<>();
    ((Injection.Injected) injection)
        .pod()
        .at("/spec/initContainers/0/env")
        .forEach(entry -> names.add(entry.path("name").asString()));
    return names;
  }
}
