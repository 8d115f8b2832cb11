package dev.spanthrift.agent.command.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.control.AdminPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policy, kill switch, status and audit from the command line, against a real admin port. */
class PolicyCommandTest {
  @TempDir Path directory;
  private AdminPort port;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    port = AdminPort.startWithRealPolicies(directory);
    file = Files.writeString(directory.resolve("policy.yaml"), "default: {probability: 0.5}\n");
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private Console run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--at", port.url(), "--token-file", directory + "/token"));
    return Console.run(Map.of(), all.toArray(String[]::new));
  }

  private static String good(Console console) {
    assertEquals(0, console.code(), console.err());
    return console.out();
  }

  @Test
  void appliesListsComparesAndGoesBack() {
    assertEquals(
        "It would be version 2.\n", good(run("policy", "apply", file.toString(), "--dry-run")));
    assertEquals(
        "In force: version 2, from the next trace on.\n",
        good(run("policy", "apply", file.toString(), "--reason", "incident 7")));
    assertTrue(good(run("policy", "versions")).contains("→     2"), run("policy", "versions")::out);
    assertTrue(run("policy", "versions").out().contains("incident 7"));
    assertEquals("default:\n  probability: 0.5\n", good(run("policy", "get")));
    assertEquals("default:\n  keep: true\n", good(run("policy", "get", "--version", "1")));
    assertEquals(
        "/default/keep\n  - true\n/default/probability\n  + 0.5\n",
        good(run("policy", "diff", "1")));
    assertEquals("The two are the same.\n", good(run("policy", "diff", "2", "2")));
    assertTrue(
        good(run("policy", "rollback", "--to", "1", "--reason", "oops")).contains("version 3"));
    assertTrue(
        good(run("policy", "apply", file.toString(), "--if-version", "3")).contains("version 4"));
    assertEquals(4, run("policy", "apply", file.toString(), "--if-version", "1").code());
    String audit = good(run("audit", "list"));
    assertTrue(audit.contains("policy.rollback"), audit);
    assertEquals(
        "3 entries, all hang together\n",
        good(Console.run(Map.of(), "audit", "verify", directory + "/state")));
  }

  @Test
  void whatCannotBeUsedIsSaidWithPlaceAndSuggestion() throws IOException {
    Files.writeString(file, "policies: [{name: a, mach: {hasError: true}, keep: true}]\n");
    Console wrong = run("policy", "apply", file.toString());
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("/policies/0"), wrong.err());
    assertTrue(wrong.err().contains("match"), wrong.err());
    Console invalid = run("policy", "validate", file.toString());
    assertEquals(1, invalid.code());
    assertTrue(invalid.err().contains("/policies/0"), invalid.err());
    assertEquals(2, run("policy", "apply", directory + "/none.yaml").code());
    assertEquals(1, port.store.current().version());
  }

  @Test
  void withoutTheTokenNothingIsWritten() {
    Console console = Console.run(Map.of(), "policy", "apply", file.toString(), "--at", port.url());
    assertEquals(1, console.code());
    assertTrue(console.err().contains("bearer token"), console.err());
    assertFalse(console.err().contains(AdminPort.TOKEN));
  }

  @Test
  void theKillSwitchIsSaidAndSet() {
    assertEquals("off\n", good(run("kill-switch")));
    String set = good(run("kill-switch", "keep-all", "--ttl", "5m", "--reason", "incident 8"));
    assertTrue(set.startsWith("keep-all until 20"), set);
    assertTrue(set.endsWith(": incident 8\n"), set);
    assertEquals(1, run("kill-switch", "on").code());
    assertTrue(good(run("kill-switch", "off")).startsWith("off"));
  }

  @Test
  void statusIsAScreenOfLines() {
    String status = good(run("status"));
    assertTrue(status.contains("phase        ready"), status);
    assertTrue(status.contains("to default   there"), status);
    assertTrue(status.contains("policy       version 1, kill switch off"), status);
  }

  @Test
  void aChangedAuditFileFailsItsVerification() throws IOException {
    good(run("policy", "apply", file.toString(), "--reason", "incident 7"));
    Path audit = directory.resolve("state/audit.jsonl");
    Files.writeString(audit, Files.readString(audit).replace("incident 7", "incident 9"));
    Console console = Console.run(Map.of(), "audit", "verify", audit.toString());
    assertEquals(1, console.code());
    assertTrue(console.out().startsWith("line 1: was changed"), console.out());
    assertEquals(1, Console.run(Map.of(), "audit", "verify", directory + "/none").code());
  }
}
