package dev.spanthrift.agent.control.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.LogLines;
import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

@Isolated("listens to a log that others write to")
class PolicyStoreTest {
  @TempDir Path state;

  private static JsonNode json(String text) {
    return BodyFormat.JSON.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private PolicyStore open(String configured) {
    return PolicyStore.open(state, json(configured), AdminPort.COMPILER, false);
  }

  private static void put(PolicyStore store, String text) {
    assertInstanceOf(
        PolicyOutcome.InForce.class,
        store.replace(
            now -> true,
            new PolicyStore.Wish("policy.put", json(text), new Author("token", "", ""), false),
            use -> {}));
  }

  @Test
  void countsVersionsAcrossRestarts() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    PolicyStore second = open(AdminPort.CONFIGURED);
    put(second, AdminPort.CONFIGURED);
    assertEquals(3, second.current().version());
    assertEquals(3, open(AdminPort.CONFIGURED).current().version());
  }

  @Test
  void letsAChangedConfigurationWin() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    String edited = AdminPort.OTHER.replace("0.2", "0.7");
    PolicyStore store = open(edited);
    assertEquals(json(edited), store.current().root());
    assertEquals(3, store.current().version(), "numbers never go back");
  }

  @Test
  void whatWasPutDoesNotComeBackOnceAChangedConfigurationHasWon() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    open(AdminPort.OTHER.replace("0.2", "0.7"));
    assertEquals(json(AdminPort.CONFIGURED), open(AdminPort.CONFIGURED).current().root());
    assertEquals(4, open(AdminPort.CONFIGURED).current().version(), "numbers never go back");
  }

  @Test
  void whatWasPutStaysWhileTheConfigurationDoes() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    for (int restart = 0; restart < 3; restart++) {
      assertEquals(json(AdminPort.OTHER), open(AdminPort.CONFIGURED).current().root());
    }
  }

  @Test
  void whichPolicyWonAndWhyIsSaid() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    try (LogLines log = LogLines.of(FirstPolicy.class)) {
      open(AdminPort.CONFIGURED);
      assertEquals(
          "policy version 2, put over REST, is in force and not the configured one, which has not"
              + " changed since; to go back put that one, or change the configuration",
          log.only());
    }
    try (LogLines log = LogLines.of(FirstPolicy.class)) {
      open(AdminPort.OTHER.replace("0.2", "0.7"));
      assertEquals(
          "the configured policy has changed: it replaces version 2, which was put over REST",
          log.only());
    }
  }

  @Test
  void aLenientStartTakesTheLastGoodPolicy() {
    open(AdminPort.OTHER);
    PolicyStore store = lenient("{}");
    assertEquals(json(AdminPort.OTHER), store.current().root());
    assertTrue(String.valueOf(store.degraded()).contains("/policies: is not a list"));
    assertTrue(String.valueOf(store.degraded()).contains("version 1, is in force"));
    put(store, AdminPort.CONFIGURED);
    assertNull(store.degraded(), "somebody chose another");
    assertNotNull(lenient("{}").degraded(), "the configuration is still wrong");
    assertNull(lenient(AdminPort.OTHER).degraded());
  }

  @Test
  void aLenientStartWithoutALastGoodPolicyKeepsAll() {
    PolicyStore store = lenient("{}");
    assertEquals(json("{\"policies\":[],\"default\":{\"keep\":true}}"), store.current().root());
    assertTrue(String.valueOf(store.degraded()).contains("all traces are kept"));
    assertEquals(Action.KEEP, store.current().set().document().fallback());
    assertNotNull(lenient("{}").degraded(), "what was taken in its place is not a good one");
  }

  private PolicyStore lenient(String configured) {
    return PolicyStore.open(state, json(configured), AdminPort.COMPILER, true);
  }

  @Test
  void usesTheConfiguredPolicyWhenTheFileIsDamaged() throws Exception {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    Path file = state.resolve(PolicyStore.FILE);
    String good = Files.readString(file);
    for (String bad :
        List.of("", "{", "[]", good.substring(0, good.length() / 2), good.replace("0.2", "0.9"))) {
      Files.writeString(file, bad);
      assertEquals(json(AdminPort.CONFIGURED), open(AdminPort.CONFIGURED).current().root(), bad);
    }
    long last = open(AdminPort.CONFIGURED).current().version();
    Files.write(file, new byte[] {(byte) 0xff, 0, 1});
    PolicyStore store = open(AdminPort.CONFIGURED);
    assertEquals(last + 1, store.current().version(), "no version has the number of another");
    assertEquals(2, store.history().get(1).version());
    assertEquals(json(AdminPort.OTHER), store.history().get(1).root());
  }

  @Test
  void usesTheConfiguredPolicyWhenTheStoredOneIsNoLongerUnderstood() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    PolicyStore store =
        PolicyStore.open(
            state,
            json(AdminPort.CONFIGURED),
            (root, previous) ->
                root.path("default").asDouble() > 0.15
                    ? new PolicyCompilation.Invalid(List.of(new PolicyProblem("", "no", "")))
                    : AdminPort.COMPILER.compile(root, previous),
            false);
    assertEquals(json(AdminPort.CONFIGURED), store.current().root());
  }

  @Test
  void leavesNoOtherFileBehind() throws Exception {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    try (Stream<Path> files = Files.list(state)) {
      Set<String> names = Set.of(PolicyStore.FILE, PolicyHistory.FILE, "audit.jsonl", "audit.head");
      assertEquals(names, files.map(f -> f.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  @Test
  void refusesAConfiguredPolicyThatCannotBeUsed() {
    assertThrows(IllegalArgumentException.class, () -> open("{}"));
  }

  @Test
  void worksWithoutAPlaceToStore() {
    PolicyStore store =
        PolicyStore.open(null, json(AdminPort.CONFIGURED), AdminPort.COMPILER, false);
    put(store, AdminPort.OTHER);
    assertEquals(2, store.current().version());
  }

  @Test
  void tagsDependOnContentAndNotOnLayout() {
    assertEquals(
        BodyFormat.hash(json("{\"a\": [1, 2]}")), BodyFormat.hash(json("{\n\"a\":[1,2]}")));
  }

  @Test
  void tagsDoNotDependOnTheOrderOfKeysButOnThatOfPolicies() {
    assertEquals(
        BodyFormat.hash(json("{\"a\":{\"x\":1,\"y\":2},\"b\":[]}")),
        BodyFormat.hash(json("{\"b\":[],\"a\":{\"y\":2,\"x\":1}}")));
    assertNotEquals(BodyFormat.hash(json("{\"a\":[1,2]}")), BodyFormat.hash(json("{\"a\":[2,1]}")));
  }

  private static ManagedPolicy managed(String text, boolean beside) {
    return new ManagedPolicy(json(text), beside, List.of("SamplingPolicy shop/rules"));
  }

  @Test
  void refusesToChangeWhatObjectsManageAndGoesBackWhenTheyAreGone() {
    JsonNode configured = json(AdminPort.CONFIGURED);
    PolicyStore store = open(AdminPort.CONFIGURED);
    List<Long> used = new ArrayList<>();
    assertEquals(
        List.of(),
        store.manage(managed(AdminPort.OTHER, false), configured, v -> used.add(v.version())));
    assertEquals(List.of("SamplingPolicy shop/rules"), store.managedBy());
    assertEquals(json(AdminPort.OTHER), store.current().root());
    assertFalse(store.isConfigured());
    PolicyOutcome outcome =
        store.replace(
            now -> true,
            new PolicyStore.Wish("put", configured, new Author("token", "", ""), false),
            use -> used.add(-1L));
    assertEquals(new PolicyOutcome.Managed(List.of("SamplingPolicy shop/rules")), outcome);
    assertFalse(
        store
            .manage(managed("{\"policies\": 7}", false), configured, v -> used.add(-1L))
            .isEmpty());
    assertEquals(json(AdminPort.OTHER), store.current().root());

    assertEquals(List.of(), store.manage(null, configured, v -> used.add(v.version())));
    assertEquals(List.of(), store.managedBy());
    assertTrue(store.isConfigured());
    assertEquals(List.of(2L, 3L), used);
    assertEquals("controller", store.entry(2).who());
  }

  @Test
  void whatWasPutOverRestStaysWhereNoObjectComes() {
    PolicyStore store = open(AdminPort.CONFIGURED);
    put(store, AdminPort.OTHER);
    assertEquals(List.of(), store.manage(null, json(AdminPort.CONFIGURED), v -> {}));
    assertEquals(json(AdminPort.OTHER), store.current().root());
  }

  @Test
  void rulesInShadowStandBeforeTheConfiguredOnes() {
    PolicyStore store = open(AdminPort.CONFIGURED);
    store.manage(
        managed("{\"policies\": [{\"name\": \"trial\"}]}", true),
        json(AdminPort.CONFIGURED),
        v -> {});
    JsonNode root = store.current().root();
    assertEquals("trial", root.path("policies").get(0).path("name").asString());
    assertEquals("errors", root.path("policies").get(1).path("name").asString());
    assertEquals(0.1, root.path("default").asDouble());
  }

  @Test
  void aManagedPolicyThatIsThereAtTheStartWinsAndLeavesNothingBehind() {
    PolicyStore first =
        PolicyStore.open(
            state,
            json(AdminPort.CONFIGURED),
            managed(AdminPort.OTHER, false),
            AdminPort.COMPILER,
            false);
    assertEquals(json(AdminPort.OTHER), first.current().root());
    assertFalse(first.isConfigured());
    PolicyStore without = open(AdminPort.CONFIGURED);
    assertEquals(json(AdminPort.CONFIGURED), without.current().root());
    assertTrue(without.isConfigured());
  }
}
