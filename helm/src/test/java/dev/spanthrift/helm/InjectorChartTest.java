package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
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
