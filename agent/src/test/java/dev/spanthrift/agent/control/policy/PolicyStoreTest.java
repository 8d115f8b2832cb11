package dev.spanthrift.agent.control.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PolicyStoreTest {
  @TempDir Path state;

  private static JsonNode json(String text) {
    return BodyFormat.JSON.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private PolicyStore open(String configured) {
    return PolicyStore.open(state, json(configured), AdminPort.COMPILER);
  }

  private static void put(PolicyStore store, String text) {
    assertInstanceOf(
        PolicyOutcome.InForce.class, store.replace(now -> true, json(text), false, use -> {}));
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
  void usesTheConfiguredPolicyWhenTheFileIsDamaged() throws Exception {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    Path file = state.resolve(PolicyStore.FILE);
    String good = Files.readString(file);
    for (String bad :
        List.of("", "{", "[]", good.substring(0, good.length() / 2), good.replace("0.2", "0.9"))) {
      Files.writeString(file, bad);
      assertEquals(json(AdminPort.CONFIGURED), open(AdminPort.CONFIGURED).current().root(), bad);
    }
    Files.write(file, new byte[] {(byte) 0xff, 0, 1});
    assertEquals(1, open(AdminPort.CONFIGURED).current().version());
  }

  @Test
  void usesTheConfiguredPolicyWhenTheStoredOneIsNoLongerUnderstood() {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    PolicyStore store =
        PolicyStore.open(
            state,
            json(AdminPort.CONFIGURED),
            root ->
                root.path("default").asDouble() > 0.15
                    ? List.of(new dev.spanthrift.agent.pipeline.PolicyProblem("", "no", ""))
                    : List.of());
    assertEquals(json(AdminPort.CONFIGURED), store.current().root());
  }

  @Test
  void leavesNoOtherFileBehind() throws Exception {
    put(open(AdminPort.CONFIGURED), AdminPort.OTHER);
    try (Stream<Path> files = Files.list(state)) {
      assertEquals(List.of(state.resolve(PolicyStore.FILE)), files.toList());
    }
  }

  @Test
  void refusesAConfiguredPolicyThatCannotBeUsed() {
    assertThrows(IllegalArgumentException.class, () -> open("{}"));
  }

  @Test
  void worksWithoutAPlaceToStore() {
    PolicyStore store = PolicyStore.open(null, json(AdminPort.CONFIGURED), AdminPort.COMPILER);
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
}
