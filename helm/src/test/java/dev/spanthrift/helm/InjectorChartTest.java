package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import org.junit.jupiter.api.Test;

/** What the chart tells the injector. */
class InjectorChartTest {
  private static JsonObject injector(Rendered rendered) {
    return rendered.objects().stream()
        .filter(object -> text(object, "kind").equals("Deployment"))
        .filter(object -> text(object, "metadata.name").endsWith("-injector"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * There the field is not known, and a preStop that says nothing is refused (alpha until 1.30).
   */
  @Test
  void aClusterOf129GetsNoSleepBeforeTheEnd() {
    String old =
        new Helm(Chart.FOLDER)
            .template()
            .withKubeVersion("1.29")
            .withValuesFile(Chart.files(Chart.CLUSTER)[0])
            .call();
    assertTrue(old.contains("-injector") && old.contains("-controller"), old);
    assertFalse(old.contains("preStop"), old);
    assertTrue(injector(Chart.render(Chart.CLUSTER)).toString().contains("preStop"));
  }

  /** Telemetry must not keep a pod from starting, nor a cluster from coming up. */
  @Test
  void theWebhookCanKeepNoPodFromStarting() {
    JsonObject configuration = Chart.render(Chart.CLUSTER).only("MutatingWebhookConfiguration");
    for (JsonElement webhook : Rendered.at(configuration, "webhooks").getAsJsonArray()) {
      assertEquals("Ignore", Rendered.text(webhook, "failurePolicy"));
      assertEquals("3", Rendered.text(webhook, "timeoutSeconds"));
      assertEquals("IfNeeded", Rendered.text(webhook, "reinvocationPolicy"));
      assertEquals("NoneOnDryRun", Rendered.text(webhook, "sideEffects"));
      assertFalse(
          Rendered.at(webhook, "clientConfig").getAsJsonObject().has("caBundle"),
          "the injector writes it; what the chart wrote would put an old one back");
      String excluded =
          Rendered.at(webhook, "namespaceSelector.matchExpressions.0.values").toString();
      for (String space : new String[] {"kube-system", "kube-public", "kube-node-lease", "shop"}) {
        assertTrue(excluded.contains("\"" + space + "\""), excluded);
      }
    }
  }

  @Test
  void theInjectorsSidecarsHaveTheResourcesOfTheValues() {
    String all =
        injector(
                Chart.render(
                    Chart.CLUSTER,
                    "sidecar: {resources: {requests: {cpu: 70m, memory: 200Mi}, limits: {memory:"
                        + " 512Mi}}}"))
            .toString();
    for (String argument :
        new String[] {"--cpu-request=70m", "--memory-request=200Mi", "--memory-limit=512Mi"}) {
      assertTrue(all.contains("\"" + argument + "\""), argument + " in " + all);
    }
  }
}
