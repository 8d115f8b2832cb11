package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kinds of policy on a real API server: what their bounds and rules take and refuse. */
@OnCluster
class KindsKubeIT {
  private static KubernetesClient client;
  private static String system;
  private static String space;

  @BeforeAll
  static void install() throws Exception {
    client = Kube.client();
    system = Kube.namespace(client, "kinds", Map.of());
    space = Kube.namespace(client, "shop", Map.of());
    install(system);
    Kube.await("the kinds are served", () -> served("samplingbudgets"));
  }

  private static void install(String name) throws Exception {
    helm(
        "install",
        "kinds",
        HelmProgram.CHART,
        "--namespace",
        name,
        "--take-ownership",
        "--set",
        "mode=cluster,injection.mode=manual,destination.endpoint=https://otlp.example.com:4318,"
            + "controller.replicaCount=0,fullnameOverride="
            + name);
  }

  private static boolean served(String kind) {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(kind + ".spanthrift.dev")
        .get()
        .getStatus()
        .getConditions()
        .stream()
        .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  @AfterAll
  static void uninstall() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{default: {probability: 0.1}}",
        "{mode: enforce, policies: [{name: errors, match: {hasError: true}, keep: true}]}",
        "{selector: {matchLabels: {app: cart}}, priority: 5, default: {budget: true}}",
        "{policies: [{name: a, rate: {tracesPerSecond: 0.5, per: fleet}, shadow: true}]}",
        "{policies: [{name: a, match: {all: [{hasError: true}, {slowerThan: 1s}]}, weight: 3}],"
            + " rollout: {steps: [10, 50], bake: 10m, guard: {errorShareMax: 0.05}}}",
      })
  void takesRules(String spec) {
    create("SamplingPolicy", spec);
    create("ClusterSamplingPolicy", spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                     | policies, default or both
          {mode: loud, default: {probability: 1}}                | Unsupported value: "loud"
          {default: {probability: 1.1}}                          | less than or equal to 1
          {default: {probability: "10%"}}                        | must be of type number
          {default: {probability: 1, budget: true}}              | either probability or budget
          {priority: 1001, default: {probability: 1}}            | less than or equal to 1000
          {policies: [{name: a}]}                                | exactly one of keep, drop, probability
          {policies: [{name: a, keep: true, drop: true}]}        | exactly one of keep, drop, probability
          {policies: [{name: a, keep: false}]}                   | Unsupported value: false
          {policies: [{name: default, keep: true}]}              | a reason of the program itself
          {policies: [{name: a, keep: true}, {name: a, drop: true}]} | Duplicate value
          {policies: [{name: a, match: {hasError: true, kind: SERVER}, keep: true}]} | at most 1
          {policies: [{name: a, rate: {per: fleet}}]}            | either tracesPerSecond or spansPerSecond
          {policies: [{name: a, rate: {tracesPerSecond: -1}}]}   | greater than or equal to 0
          {default: {probability: 1}, rollout: {steps: [50, 10], bake: 10m}} | steps rise
          {default: {probability: 1}, rollout: {steps: [10, 10], bake: 10m}} | Duplicate value
          {default: {probability: 1}, rollout: {steps: [101], bake: 10m}}    | less than or equal to 100
          {default: {probability: 1}, rollout: {steps: [10], bake: soon}}    | should match
          {default: {probability: 1}, selector: {matchExpressions: [{key: a, operator: In}]}} | In and NotIn need values
          """)
  void refusesRulesWithAReason(String spec, String reason) {
    for (String kind : List.of("SamplingPolicy", "ClusterSamplingPolicy")) {
      String message = refusal(kind, spec);
      assertTrue(message.contains(reason), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                          | Required value
          {amount: -1}                                | greater than or equal to 0
          {amount: 300, currency: euro}               | should match
          {amount: 300, period: year}                 | Unsupported value: "year"
          {amount: 300, share: some}                  | Unsupported value: "some"
          {amount: 300, keepMin: 0.5, keepMax: 0.1}   | keepMin is at most keepMax
          {amount: 300, hourlyMin: 5, hourlyMax: 1}   | hourlyMin is at most hourlyMax
          {amount: 300, period: day, firstDay: 3}     | firstDay is a month's
          {amount: 300, firstDay: 31}                 | less than or equal to 28
          """)
  void refusesBudgetsWithAReason(String spec, String reason) {
    String message = refusal("SamplingBudget", spec);
    assertTrue(message.contains(reason), message);
  }

  @Test
  void whatIsSaidTwiceOrMisspeltIsNotSilentlyDropped() {
    String message = refusal("SamplingPolicy", "{default: {probability: 1}, policy: []}");
    assertTrue(message.contains("unknown field \"spec.policy\""), message);
  }

  @Test
  void anObjectIsInShadowUntilToldOtherwise() {
    GenericKubernetesResource policy = create("SamplingPolicy", "{default: {probability: 0.1}}");
    assertEquals("shadow", policy.get("spec", "mode"));
    assertEquals("shadow", create("SamplingBudget", "{amount: 300}").get("spec", "mode"));
  }

  @Test
  void anUninstallKeepsKindsAndPoliciesAndANewInstallationTakesThemOver() throws Exception {
    GenericKubernetesResource policy = object("SamplingPolicy", "{default: {probability: 0.1}}");
    client.resource(policy).create();
    helm("uninstall", "kinds", "--namespace", system);
    assertNotNull(client.resource(policy).get());
    install(system);
    assertNotNull(client.resource(policy).get());
    helm("upgrade", "kinds", HelmProgram.CHART, "--namespace", system, "--reuse-values");
    helm("rollback", "kinds", "1", "--namespace", system);
    assertEquals(
        "0.1",
        String.valueOf(
            (Object) client.resource(policy).get().get("spec", "default", "probability")));
  }

  private static String refusal(String kind, String spec) {
    return assertThrows(KubernetesClientException.class, () -> create(kind, spec)).getMessage();
  }

  /** A dry run with strict field validation, as kubectl does. */
  private static GenericKubernetesResource create(String kind, String spec) {
    return client
        .resource(object(kind, spec))
        .dryRun()
        .fieldValidation(FieldValidateable.Validation.STRICT)
        .create();
  }

  private static GenericKubernetesResource object(String kind, String spec) {
    GenericKubernetesResource object =
        Serialization.unmarshal(
            "apiVersion: spanthrift.dev/v1alpha1\nkind: "
                + kind
                + "\nmetadata: {name: "
                + Kube.unique("rules")
                + "}\nspec: "
                + spec
                + "\n",
            GenericKubernetesResource.class);
    if (!kind.startsWith("Cluster")) {
      object.getMetadata().setNamespace(space);
    }
    return object;
  }
}
