package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * The restricted Pod Security Standard (kubernetes.io/docs/concepts/security), as far as pods here
 * go.
 */
final class Restricted {
  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private Restricted() {}

  static void check(JsonObject pod, JsonObject container) {
    String who = at(container, "name").getAsString();
    assertTrue(is(pod, container, "runAsNonRoot", "true"), who + ": runAsNonRoot");
    assertTrue(is(pod, container, "seccompProfile.type", "RuntimeDefault"), who + ": seccomp");
    JsonObject own = container.getAsJsonObject("securityContext");
    assertTrue(own != null, who + ": securityContext");
    assertEquals("false", of(own, "allowPrivilegeEscalation"), who + ": escalation");
    assertEquals(
        List.of("ALL"),
        at(own, "capabilities.drop").getAsJsonArray().asList().stream()
            .map(JsonElement::getAsString)
            .toList(),
        who + ": capabilities");
    for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
      assertTrue(!pod.has(host), who + ": " + host);
    }
    JsonArray volumes = pod.has("volumes") ? pod.getAsJsonArray("volumes") : new JsonArray();
    for (JsonElement volume : volumes) {
      assertTrue(VOLUMES.stream().anyMatch(volume.getAsJsonObject()::has), volume::toString);
    }
  }

  private static boolean is(JsonObject pod, JsonObject container, String path, String wanted) {
    return wanted.equals(of(container.getAsJsonObject("securityContext"), path))
        || wanted.equals(of(pod.getAsJsonObject("securityContext"), path));
  }

  private static String of(JsonElement from, String path) {
    JsonElement here = from;
    for (String step : path.split("\\.")) {
      here = here == null || !here.isJsonObject() ? null : here.getAsJsonObject().get(step);
    }
    return here == null || here.isJsonNull() ? "" : here.getAsString();
  }
}
