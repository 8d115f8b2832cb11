package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the API server's authorizer says that each program may do: every verb on every kind that
 * there is, in its own namespace and in another. The lists below are the whole of it.
 */
@OnCluster
class RolesKubeIT {
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  private static KubernetesClient client;
  private static String system;
  private static String other;

  @BeforeAll
  static void install() throws Exception {
    client = Kube.client();
    system = Kube.namespace(client, "roles", Map.of());
    other = Kube.namespace(client, "other", Map.of());
    helm(
        "install",
        "roles",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--set",
        "mode=cluster,destination.endpoint=https://otlp.example.com:4318,crds.create=false,"
            + "fullnameOverride="
            + system
            + ",injector.replicaCount=0,controller.replicaCount=0");
    Kube.await(
        "the roles are in force", () -> allowed("controller", other, "", "namespaces", "list", ""));
  }

  @AfterAll
  static void uninstall() throws Exception {
    helm("uninstall", "roles", "--namespace", system);
    client.close();
  }

  @Test
  void theInjectorMayDoThisAndNothingElse() {
    assertEquals(
        new TreeSet<>(
            List.of(
                "namespaces get list watch",
                "pods list",
                "events create",
                "secrets create (own namespace)",
                "leases.coordination.k8s.io get create update patch (own namespace)")),
        everything("injector"));
  }

  @Test
  void theInjectorReachesItsOwnSecretAndWebhookByName() {
    String webhook = "spanthrift-" + system;
    String group = "admissionregistration.k8s.io";
    String kind = "mutatingwebhookconfigurations";
    assertTrue(allowed("injector", "", group, kind, "get", webhook));
    assertTrue(allowed("injector", "", group, kind, "update", webhook));
    assertFalse(allowed("injector", "", group, kind, "delete", webhook));
    assertFalse(allowed("injector", "", group, kind, "update", "istio-sidecar-injector"));
    String secret = system + "-injector";
    for (String verb : List.of("get", "update")) {
      assertTrue(allowed("injector", system, "", "secrets", verb, secret), verb);
      assertFalse(allowed("injector", other, "", "secrets", verb, secret), verb);
      assertFalse(allowed("injector", system, "", "secrets", verb, "otlp-key"), verb);
    }
  }

  @Test
  void theControllerMayDoThisAndNothingElse() {
    assertEquals(
        new TreeSet<>(
            List.of(
                "namespaces get list watch",
                "tokenreviews.authentication.k8s.io create",
                "configmaps create",
                "secrets create (own namespace)",
                "leases.coordination.k8s.io get list create update patch delete (own namespace)")),
        everything("controller"));
    for (String kind : List.of("samplingpolicies", "clustersamplingpolicies", "samplingbudgets")) {
      for (String verb : VERBS) {
        boolean reads = List.of("get", "list", "watch").contains(verb);
        assertEquals(reads, allowed("controller", other, "spanthrift.dev", kind, verb, ""));
        boolean writes = verb.equals("update");
        assertEquals(
            writes, allowed("controller", other, "spanthrift.dev", kind + "/status", verb, ""));
      }
    }
  }

  @Test
  void theControllerReachesItsOwnSecretAndConfigMapsByName() {
    String map = "spanthrift-" + system + "-controller-ca";
    for (String verb : List.of("get", "list", "watch", "update")) {
      assertTrue(allowed("controller", other, "", "configmaps", verb, map), verb);
      assertFalse(allowed("controller", other, "", "configmaps", verb, "kube-root-ca.crt"), verb);
    }
    assertFalse(allowed("controller", other, "", "configmaps", "delete", map));
    String secret = system + "-controller";
    for (String verb : List.of("get", "update")) {
      assertTrue(allowed("controller", system, "", "secrets", verb, secret), verb);
      assertFalse(allowed("controller", other, "", "secrets", verb, secret), verb);
      assertFalse(allowed("controller", system, "", "secrets", verb, system + "-injector"), verb);
    }
  }

  /** A sidecar is never the cluster's: whoever has no role may do what everybody may. */
  @Test
  void theGatewayMayDoNothing() {
    assertEquals(new TreeSet<>(), everything("gateway"));
  }

  private static TreeSet<String> everything(String component) {
    TreeSet<String> found = new TreeSet<>();
    for (APIResource resource : resources()) {
      String group = resource.getGroup();
      String name = resource.getName();
      if (group.equals("spanthrift.dev")) {
        continue; // asked by name above, for they need not be there
      }
      List<String> everywhere = new ArrayList<>();
      List<String> own = new ArrayList<>();
      for (String verb : VERBS) {
        boolean namespaced = Boolean.TRUE.equals(resource.getNamespaced());
        if (allowed(component, namespaced ? other : "", group, name, verb, "")) {
          everywhere.add(verb);
        } else if (namespaced && allowed(component, system, group, name, verb, "")) {
          own.add(verb);
        }
      }
      String full = group.isEmpty() ? name : name + "." + group;
      if (!everywhere.isEmpty()) {
        found.add(full + " " + String.join(" ", everywhere));
      }
      if (!own.isEmpty()) {
        found.add(full + " " + String.join(" ", own) + " (own namespace)");
      }
    }
    found.removeAll(everybodys());
    return found;
  }

  /** What every account may ask, about itself. */
  private static List<String> everybodys() {
    return List.of(
        "selfsubjectaccessreviews.authorization.k8s.io create",
        "selfsubjectrulesreviews.authorization.k8s.io create",
        "selfsubjectreviews.authentication.k8s.io create");
  }

  private static List<APIResource> resources() {
    List<APIResource> resources = new ArrayList<>();
    client.getApiResources("v1").getResources().forEach(r -> resources.add(in("", r)));
    client
        .getApiGroups()
        .getGroups()
        .forEach(
            group ->
                client
                    .getApiResources(group.getPreferredVersion().getGroupVersion())
                    .getResources()
                    .forEach(r -> resources.add(in(group.getName(), r))));
    assertTrue(resources.size() > 60, () -> "only " + resources.size());
    return resources;
  }

  private static APIResource in(String group, APIResource resource) {
    resource.setGroup(group);
    return resource;
  }

  private static boolean allowed(
      String component, String namespace, String group, String resource, String verb, String name) {
    String[] parts = resource.split("/", 2);
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:" + system + ":" + system + "-" + component)
            .withGroups(
                "system:serviceaccounts",
                "system:serviceaccounts:" + system,
                "system:authenticated")
            .withResourceAttributes(
                new ResourceAttributesBuilder()
                    .withNamespace(namespace)
                    .withGroup(group)
                    .withResource(parts[0])
                    .withSubresource(parts.length > 1 ? parts[1] : "")
                    .withVerb(verb)
                    .withName(name)
                    .build())
            .endSpec()
            .build();
    return client.resource(review).create().getStatus().getAllowed();
  }
}
