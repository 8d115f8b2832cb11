package dev.spanthrift.kubernetes.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.spanthrift.kubernetes.injection.Injection.Injected;
import dev.spanthrift.kubernetes.injection.Injection.Skipped;
import io.fabric8.zjsonpatch.JsonPatch;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds for every pod, and how each of them comes out. */
class PodCorpusTest {
  private static final boolean UPDATE = Boolean.getBoolean("helm.update");
  private static final Path GOLDEN = PodCorpus.FOLDER.resolve("injected");
  private static final PodNamespace SHOP = PodCorpus.enabled("shop");
  private final PodInjector injector = new PodInjector(PodCorpus.defaults());

  static Stream<PodCorpus.Case> injectable() {
    return PodCorpus.injectable();
  }

  private Injected inject(ObjectNode pod) {
    return assertInstanceOf(Injected.class, injector.inject(pod, SHOP), () -> pod.toString());
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void comesOutAsTheGoldenFileSays(PodCorpus.Case pod) throws Exception {
    Injected injected = inject(pod.pod());
    ObjectNode golden = Json.object();
    golden.set("warnings", Json.texts(injected.warnings()));
    golden.set("patch", injected.patch());
    String text = PodCorpus.YAML.writeValueAsString(golden);
    Path file = GOLDEN.resolve(pod.name() + ".yaml");
    if (UPDATE) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, text);
    }
    assertEquals(Files.readString(file), text, "-Dhelm.update=true writes it anew");
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void anotherReaderOfThePatchComesToTheSamePod(PodCorpus.Case pod) {
    Injected injected = inject(pod.pod());
    assertEquals(injected.pod(), JsonPatch.apply(injected.patch(), pod.pod()));
    assertEquals(PodCorpus.pod(pod.name()), pod.pod(), "what came in was changed");
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void asSecondTimeNothingHappens(PodCorpus.Case pod) {
    ObjectNode once = inject(pod.pod()).pod();
    Skipped again = assertInstanceOf(Skipped.class, injector.inject(once, SHOP));
    assertEquals(SkipReason.ALREADY_INJECTED, again.reason());
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void nothingOfTheUsersIsGone(PodCorpus.Case pod) {
    requireWithin("", pod.pod(), inject(pod.pod()).pod());
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void theApiServersModelTakesItStrictly(PodCorpus.Case pod) throws Exception {
    new JSON();
    String text = inject(pod.pod()).pod().toString();
    V1Pod.validateJsonElement(JsonParser.parseString(text));
    V1Pod.fromJson(text);
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void whatIsAddedMeetsRestrictedPodSecurity(PodCorpus.Case pod) {
    JsonNode spec = inject(pod.pod()).pod().path("spec");
    JsonNode sidecar = sidecar(spec);
    RestrictedPodSecurity.checkContainer(sidecar);
    for (JsonNode volume : spec.path("volumes")) {
      if (Names.VOLUMES.contains(Json.name(volume))) {
        RestrictedPodSecurity.checkVolume(volume);
      }
    }
  }

  @Test
  void aRestrictedPodStaysOne() {
    ObjectNode pod = PodCorpus.pod("deployment");
    RestrictedPodSecurity.checkPod(pod);
    RestrictedPodSecurity.checkPod(inject(pod).pod());
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void theSidecarStartsAfterTheMeshAndBeforeTheRestAndHoldsNobodyUp(PodCorpus.Case pod) {
    JsonNode spec = inject(pod.pod()).pod().path("spec");
    List<String> names = new ArrayList<>();
    spec.path("initContainers").forEach(c -> names.add(Json.name(c)));
    int at = names.indexOf("spanthrift");
    names.subList(0, at).forEach(n -> assertTrue(Names.MESH_CONTAINERS.contains(n), n));
    names.subList(at + 1, names.size()).forEach(n -> assertTrue(Names.isApplication(n), n));
    JsonNode sidecar = spec.path("initContainers").path(at);
    assertEquals("Always", sidecar.path("restartPolicy").asString(""));
    for (String absent : List.of("readinessProbe", "startupProbe", "lifecycle")) {
      assertTrue(sidecar.path(absent).isMissingNode(), absent);
    }
    JsonNode resources = sidecar.path("resources");
    assertTrue(resources.path("limits").path("cpu").isMissingNode(), "a CPU limit");
    assertEquals("50m", resources.path("requests").path("cpu").asString(""));
  }

  /** The API server mounts the pod's token into every container that has nothing at this place. */
  @ParameterizedTest
  @MethodSource("injectable")
  void theApplicationsTokenOfTheApiIsNotTheSidecars(PodCorpus.Case pod) {
    for (JsonNode container : inject(pod.pod()).pod().path("spec").path("initContainers")) {
      if (Json.name(container).equals(Names.CONTAINER)) {
        List<String> folders = new ArrayList<>();
        container.path("volumeMounts").forEach(m -> folders.add(m.path("mountPath").asString()));
        assertTrue(
            folders.contains("/var/run/secrets/kubernetes.io/serviceaccount"), folders.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void inEveryEnvironmentWhatIsReferredToStandsBefore(PodCorpus.Case pod) {
    for (JsonNode container : inject(pod.pod()).pod().path("spec").path("containers")) {
      Set<String> before = new LinkedHashSet<>();
      for (JsonNode entry : container.path("env")) {
        String value = entry.path("value").asString("");
        for (int at = value.indexOf("$("); at >= 0; at = value.indexOf("$(", at + 1)) {
          String name = value.substring(at + 2, value.indexOf(')', at));
          assertTrue(before.contains(name), name);
        }
        assertTrue(before.add(Json.name(entry)), Json.name(entry) + " stands twice");
      }
    }
  }

  static Stream<String> meshed() {
    return Stream.of("istio-native", "istio-plain", "linkerd-native", "linkerd-plain");
  }

  /**
   * Webhooks are called in an order of their names, which is not ours to choose: a mesh that comes
   * after us puts its containers first, and the pod is the one that it would have been.
   */
  @ParameterizedTest
  @MethodSource("meshed")
  void aMeshThatComesAfterUsMakesTheSamePod(String name) {
    ObjectNode meshed = PodCorpus.pod(name);
    ObjectNode plain = meshed.deepCopy();
    ObjectNode ours = inject(without(plain)).pod();
    for (String list : List.of("initContainers", "containers")) {
      List<JsonNode> mesh = new ArrayList<>();
      meshed.path("spec").path(list).forEach(c -> addIfMesh(mesh, c));
      if (!mesh.isEmpty()) {
        ArrayNode containers = ours.withArray("/spec/" + list);
        ArrayNode all = Json.array();
        mesh.forEach(all::add);
        containers.forEach(all::add);
        ((ObjectNode) ours.path("spec")).set(list, all);
      }
    }
    assertInstanceOf(Skipped.class, injector.inject(ours, SHOP), "asked again, as IfNeeded says");
    ObjectNode first = inject(meshed).pod();
    for (String list : List.of("initContainers", "containers", "volumes")) {
      assertEquals(first.path("spec").path(list), ours.path("spec").path(list));
    }
  }

  private static void addIfMesh(List<JsonNode> mesh, JsonNode container) {
    if (Names.MESH_CONTAINERS.contains(Json.name(container))) {
      mesh.add(container);
    }
  }

  private static ObjectNode without(ObjectNode meshed) {
    ObjectNode spec = (ObjectNode) meshed.path("spec");
    for (String list : List.of("initContainers", "containers")) {
      ArrayNode rest = Json.array();
      for (JsonNode container : spec.path(list)) {
        if (!Names.MESH_CONTAINERS.contains(Json.name(container))) {
          rest.add(container);
        }
      }
      if (rest.isEmpty()) {
        spec.remove(list);
      } else {
        spec.set(list, rest);
      }
    }
    return meshed;
  }

  @Test
  void everyPodThatGetsNoneSaysWhy() {
    Map<String, SkipReason> reasons = new TreeMap<>();
    for (PodCorpus.Case pod : PodCorpus.all()) {
      if (pod.isSkipped()) {
        Skipped skipped =
            assertInstanceOf(Skipped.class, injector.inject(pod.pod(), SHOP), pod.name());
        assertTrue(!skipped.words().isBlank());
        reasons.put(pod.name().substring("skip-".length()), skipped.reason());
      }
    }
    assertEquals(
        Map.of(
            "chart", SkipReason.ALREADY_INJECTED,
            "host-network", SkipReason.HOST_NETWORK,
            "opt-out", SkipReason.OPTED_OUT,
            "option", SkipReason.INVALID_OPTION,
            "port", SkipReason.PORT_TAKEN,
            "static", SkipReason.STATIC_POD,
            "virtual", SkipReason.VIRTUAL_NODE,
            "volume", SkipReason.NAME_TAKEN,
            "windows", SkipReason.WINDOWS,
            "windows-selector", SkipReason.WINDOWS),
        reasons);
  }

  /** Random parts of the corpus put together: 500 pods, the same laws. */
  @Test
  void theLawsHoldForMixturesToo() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    List<ObjectNode> parts = PodCorpus.injectable().map(PodCorpus.Case::pod).toList();
    for (int i = 0; i < 500; i++) {
      ObjectNode pod = mixture(parts, random);
      String who = "-Dseed=" + seed + " at " + i + ": " + pod;
      Injected once = assertInstanceOf(Injected.class, injector.inject(pod, SHOP), who);
      assertEquals(once.pod(), JsonPatch.apply(once.patch(), pod), who);
      requireWithin(who, pod, once.pod());
      assertInstanceOf(Skipped.class, injector.inject(once.pod(), SHOP), who);
      assertEquals(once, injector.inject(pod, SHOP), who);
    }
  }

  private static ObjectNode mixture(List<ObjectNode> parts, Random random) {
    ObjectNode pod = parts.get(random.nextInt(parts.size())).deepCopy();
    ObjectNode other = parts.get(random.nextInt(parts.size()));
    ObjectNode spec = (ObjectNode) pod.path("spec");
    for (String list : List.of("initContainers", "containers", "volumes")) {
      Set<String> names = new LinkedHashSet<>();
      spec.path(list).forEach(element -> names.add(Json.name(element)));
      for (JsonNode element : other.path("spec").path(list)) {
        if (random.nextBoolean() && names.add(Json.name(element))) {
          (spec.path(list) instanceof ArrayNode array ? array : spec.putArray(list))
              .add(element.deepCopy());
        }
      }
    }
    if (random.nextBoolean()) {
      ((ObjectNode) pod.path("metadata")).remove("labels");
    }
    if (random.nextBoolean()) {
      ((ObjectNode) pod.path("metadata")).remove("annotations");
    }
    return pod;
  }

  static JsonNode sidecar(JsonNode spec) {
    return Json.objects(spec.path("initContainers")).stream()
        .filter(c -> Json.name(c).equals("spanthrift"))
        .findFirst()
        .orElseThrow();
  }

  /** Every key and element of one is in the other, in the same order; one text may have grown. */
  private static void requireWithin(String path, JsonNode one, JsonNode other) {
    if (one.isObject()) {
      one.properties()
          .forEach(
              e -> requireWithin(path + "/" + e.getKey(), e.getValue(), other.path(e.getKey())));
    } else if (one.isArray() && !one.isEmpty() && one.path(0).has("name")) {
      int next = 0;
      for (JsonNode element : one) {
        while (next < other.size() && !Json.name(other.path(next)).equals(Json.name(element))) {
          next++;
        }
        assertTrue(next < other.size(), path + "/" + Json.name(element) + " is gone");
        requireWithin(path + "/" + Json.name(element), element, other.path(next));
      }
    } else if (path.endsWith("safe-to-evict-local-volumes")) {
      assertTrue(other.asString("").startsWith(one.asString("")), path);
    } else {
      assertEquals(one, other, path);
    }
  }
}
