package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * The chart's webhook configuration on a real API server: who is asked, what is stored, and what
 * becomes of pods when nobody answers. Behind it stands the injector's function.
 */
@OnCluster
class WebhookKubeIT {
  private static final Map<String, String> ENABLED = Map.of("spanthrift.dev/injection", "enabled");

  private static KubernetesClient client;
  private static TestWebhook webhook;
  private static String system;
  private static String shop;

  @BeforeAll
  static void install() throws Exception {
    client = Kube.client();
    system = Kube.namespace(client, "hook", Map.of());
    PodInjector injector =
        new PodInjector(SidecarDefaults.of("spanthrift:0.1.0", "https://otlp.example.com:4318"));
    webhook = TestWebhook.of(injector, WebhookKubeIT::namespace);
    helm(
        "install",
        "hook",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--set",
        "mode=cluster,injector.replicaCount=0,controller.enabled=false,crds.create=false,"
            + "destination.endpoint=https://otlp.example.com:4318,fullnameOverride="
            + system
            + ",injection.url="
            + webhook.url());
    trust(webhook);
    shop = Kube.namespace(client, "shop", ENABLED);
    Kube.await("the webhook is in force", () -> sidecar(dryRun(pod(shop, Map.of()))) != null);
  }

  @AfterAll
  static void uninstall() throws Exception {
    helm("uninstall", "hook", "--namespace", system);
    assertNull(configuration(), "the webhook goes with the release");
    webhook.close();
    client.close();
  }

  private static PodNamespace namespace(String name) {
    Namespace namespace = client.namespaces().withName(name).get();
    return new PodNamespace(
        name,
        Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()),
        Objects.requireNonNullElse(namespace.getMetadata().getAnnotations(), Map.of()));
  }

  private static MutatingWebhookConfiguration configuration() {
    return client
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName("spanthrift-" + system)
        .get();
  }

  /** As the injector does: the bundle stands in no manifest. */
  private static void trust(TestWebhook hook) {
    client
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName("spanthrift-" + system)
        .edit(
            c -> {
              for (MutatingWebhook each : c.getWebhooks()) {
                each.getClientConfig().setCaBundle(hook.bundle());
              }
              return c;
            });
  }

  @Test
  void aNativeSidecarIsStoredAsMeant() {
    Pod stored = client.resource(pod(shop, Map.of())).create();
    Container sidecar = sidecar(client.resource(stored).get());
    assertEquals("Always", sidecar.getRestartPolicy());
    assertTrue(sidecar.getSecurityContext().getReadOnlyRootFilesystem());
    assertNull(sidecar.getReadinessProbe());
    assertFalse(sidecar.getResources().getLimits().containsKey("cpu"));
    assertEquals("true", stored.getMetadata().getLabels().get("spanthrift.dev/injected"));
  }

  @Test
  void restrictedPodSecurityTakesAnInjectedPod() {
    String strict =
        Kube.namespace(
            client,
            "strict",
            Map.of(
                "spanthrift.dev/injection", "enabled",
                "pod-security.kubernetes.io/enforce", "restricted"));
    assertTrue(sidecar(dryRun(pod(strict, Map.of()))) != null);
  }

  @Test
  void labelsOfPodAndNamespaceDecideWhoIsAsked() {
    String plain = Kube.namespace(client, "plain", Map.of());
    String closed =
        Kube.namespace(client, "closed", Map.of("spanthrift.dev/injection", "disabled"));
    String blue =
        Kube.namespace(
            client,
            "blue",
            Map.of("spanthrift.dev/injection", "enabled", "spanthrift.dev/rev", "blue"));
    int before = webhook.calls();
    for (Pod nobodyIsAsked :
        List.of(
            pod(plain, Map.of()),
            pod(closed, Map.of("spanthrift.dev/inject", "true")),
            pod(shop, Map.of("spanthrift.dev/inject", "false")),
            pod(blue, Map.of()),
            pod(system, Map.of("spanthrift.dev/inject", "true")),
            pod("kube-system", Map.of("spanthrift.dev/inject", "true")))) {
      assertNull(sidecar(dryRun(nobodyIsAsked)), nobodyIsAsked::toString);
    }
    assertEquals(before, webhook.calls(), "selectors kept the API server from calling");
    assertTrue(sidecar(dryRun(pod(plain, Map.of("spanthrift.dev/inject", "true")))) != null);
    assertEquals(before + 1, webhook.calls());
  }

  @Test
  void aPodThatHasItsSidecarIsNotAskedAbout() {
    Pod once = dryRun(pod(shop, Map.of()));
    once.getMetadata().setUid(null);
    once.getMetadata().setCreationTimestamp(null);
    int before = webhook.calls();
    assertEquals(1, count(dryRun(once)));
    assertEquals(before, webhook.calls());
  }

  /** A mesh that comes later changes the pod; we are asked again, and add nothing twice. */
  @Test
  void aLaterWebhookDoesNotLeaveTwoSidecars() throws Exception {
    ArrayNode patch = JsonMapper.shared().createArrayNode();
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/annotations/mesh.example.com~1injected")
        .put("value", "true");
    try (TestWebhook mesh = TestWebhook.of(request -> patch)) {
      String name = "zz-mesh-" + system;
      client
          .resource(
              new MutatingWebhookConfigurationBuilder(configuration())
                  .withNewMetadata()
                  .withName(name)
                  .endMetadata()
                  .withWebhooks(
                      new MutatingWebhookConfigurationBuilder(configuration())
                          .editFirstWebhook()
                          .withMatchConditions()
                          .withName("mesh.example.com")
                          .editClientConfig()
                          .withUrl(mesh.url())
                          .withCaBundle(mesh.bundle())
                          .endClientConfig()
                          .endWebhook()
                          .buildFirstWebhook())
                  .build())
          .create();
      try {
        Pod annotated = pod(shop, Map.of());
        annotated.getMetadata().setAnnotations(Map.of("a", "b"));
        Kube.await(
            "both webhooks act",
            () ->
                dryRun(annotated)
                    .getMetadata()
                    .getAnnotations()
                    .containsKey("mesh.example.com/injected"));
        assertEquals(1, count(dryRun(annotated)));
      } finally {
        client.admissionRegistration().v1().mutatingWebhookConfigurations().withName(name).delete();
      }
    }
  }

  /** An upgrade and a rollback leave the bundle where it is, and pods get their sidecars on. */
  @Test
  void anUpgradeAndARollbackLeaveTheBundleAlone() throws Exception {
    helm(
        "upgrade",
        "hook",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--reuse-values",
        "--set",
        "injection.timeoutSeconds=2");
    MutatingWebhookConfiguration after = configuration();
    for (MutatingWebhook each : after.getWebhooks()) {
      assertEquals(2, each.getTimeoutSeconds());
      assertEquals(webhook.bundle(), each.getClientConfig().getCaBundle());
      assertEquals("Ignore", each.getFailurePolicy());
      assertEquals("IfNeeded", each.getReinvocationPolicy());
    }
    assertTrue(sidecar(dryRun(pod(shop, Map.of()))) != null);
    helm("rollback", "hook", "1", "--namespace", system);
    for (MutatingWebhook each : configuration().getWebhooks()) {
      assertEquals(3, each.getTimeoutSeconds());
      assertEquals(webhook.bundle(), each.getClientConfig().getCaBundle());
    }
    assertTrue(sidecar(dryRun(pod(shop, Map.of()))) != null);
  }

  @Test
  void withNobodyThereAPodStartsWithoutASidecarUnlessItIsToldOtherwise() throws Exception {
    String name = Kube.namespace(client, "away", Map.of());
    String space =
        Kube.namespace(
            client,
            "lonely",
            Map.of("spanthrift.dev/injection", "enabled", "spanthrift.dev/rev", name));
    String[] install = {
      "upgrade",
      "--install",
      "away",
      HelmProgram.CHART,
      "--namespace",
      name,
      "--set",
      "mode=cluster,injector.replicaCount=0,controller.enabled=false,crds.create=false,"
          + "destination.endpoint=https://otlp.example.com:4318,fullnameOverride="
          + name
          + ",injection.revision="
          + name
          + ",injection.url=https://127.0.0.1:"
          + Program.freePort()
          + "/inject,injection.failurePolicy="
    };
    String last = install[install.length - 1];
    install[install.length - 1] = last + "Fail";
    helm(install);
    Kube.await(
        "pods are refused",
        () -> {
          try {
            dryRun(pod(space, Map.of()));
            return false;
          } catch (KubernetesClientException e) {
            return e.getMessage().contains("failed calling webhook");
          }
        });
    install[install.length - 1] = last + "Ignore";
    helm(install);
    Kube.await(
        "pods are let in",
        () -> {
          try {
            return sidecar(dryRun(pod(space, Map.of()))) == null;
          } catch (KubernetesClientException e) {
            return false; // the change is not everywhere yet
          }
        });
    helm("uninstall", "away", "--namespace", name);
    assertThrows(
        NullPointerException.class,
        () ->
            client
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName("spanthrift-" + name)
                .get()
                .getMetadata());
    assertNull(sidecar(dryRun(pod(space, Map.of()))), "nobody is stranded");
  }

  private static Pod dryRun(Pod pod) {
    return client.resource(pod).dryRun().create();
  }

  private static Pod pod(String space, Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(Kube.unique("cart"))
        .withNamespace(space)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainer()
        .withName("cart")
        .withImage("cart:1")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }

  private static Container sidecar(Pod pod) {
    return pod.getSpec().getInitContainers().stream()
        .filter(c -> c.getName().equals("spanthrift"))
        .findFirst()
        .orElse(null);
  }

  private static long count(Pod pod) {
    return pod.getSpec().getInitContainers().stream()
        .filter(c -> c.getName().equals("spanthrift"))
        .count();
  }
}
