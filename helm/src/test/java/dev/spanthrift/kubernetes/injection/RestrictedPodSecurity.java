package dev.spanthrift.kubernetes.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The restricted Pod Security Standard, profile of Kubernetes 1.36, for what is injected. */
final class RestrictedPodSecurity {
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

  private RestrictedPodSecurity() {}

  static void checkContainer(JsonNode container) {
    JsonNode context = container.path("securityContext");
    assertTrue(context.path("runAsNonRoot").asBoolean(false), "runAsNonRoot");
    assertTrue(context.path("runAsUser").asInt(1) != 0, "runAsUser");
    assertFalse(context.path("allowPrivilegeEscalation").asBoolean(true), "escalation");
    assertFalse(context.path("privileged").asBoolean(false), "privileged");
    assertEquals("[\"ALL\"]", context.path("capabilities").path("drop").toString());
    assertFalse(context.path("capabilities").has("add"));
    assertEquals("RuntimeDefault", context.path("seccompProfile").path("type").asString(""));
    assertFalse(context.has("procMount") || context.has("seLinuxOptions"));
    container.path("ports").forEach(port -> assertFalse(port.has("hostPort")));
  }

  static void checkVolume(JsonNode volume) {
    for (String key : volume.propertyNames()) {
      assertTrue(key.equals("name") || VOLUMES.contains(key), key);
    }
  }

  static void checkPod(JsonNode pod) {
    JsonNode spec = pod.path("spec");
    for (String not : new String[] {"hostNetwork", "hostPID", "hostIPC"}) {
      assertFalse(spec.path(not).asBoolean(false), not);
    }
    spec.path("initContainers").forEach(RestrictedPodSecurity::checkContainer);
    spec.path("containers").forEach(RestrictedPodSecurity::checkContainer);
    spec.path("volumes").forEach(RestrictedPodSecurity::checkVolume);
  }
}
