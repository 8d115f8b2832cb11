package dev.spanthrift.agent.command.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.Fragment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Verbs that watch and steer a running sidecar, against a real admin port. */
@Timeout(180)
class WatchCommandsTest {
  @TempDir Path directory;
  private AdminPort port;
  private final DecisionLog log = new DecisionLog(1 << 20, System::currentTimeMillis);

  @BeforeEach
  void start() throws IOException {
    port = AdminPort.startWithRealPolicies(directory);
    port.pipeline.decisions = log;
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

  @Test
  void ofTwoTokensTheFirstIsSentAndNoneIsEverPrinted() throws Exception {
    Path file = directory.resolve("token");
    Files.writeString(file, Files.readString(file).strip() + "\nanother-secret\n");
    Console both = run("boost", "list");
    assertEquals(0, both.code(), both.err());
    Files.writeString(file, "another\u0001secret");
    for (String verb : List.of("boost list", "tap")) {
      Console none = run(verb.split(" "));
      assertTrue(none.err().contains("no HTTP head can carry"), none.err());
      assertTrue(!(none.out() + none.err()).contains("secret"), none.err());
    }
  }

  @Test
  void aStreamFromNobodyEnds() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket client = server.accept()) {
                  client
                      .getOutputStream()
                      .write("HTTP/1.1 200 OK\r\n\r\n: hello\n".getBytes(UTF_8));
                  while (client.getInputStream().read() >= 0) {} // and says no more
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      RemoteSidecar sidecar =
          new RemoteSidecar(
              URI.create("http://localhost:" + server.getLocalPort()),
              null,
              Tls.DEFAULT,
              Duration.ofMillis(200));
      List<String> lines = new ArrayList<>();
      RemoteSidecar.RefusedException gone =
          assertThrows(
              RemoteSidecar.RefusedException.class, () -> sidecar.stream("/s", "", lines::add));
      assertEquals(0, gone.status());
      assertEquals(List.of(": hello"), lines);
    }
  }

  private void decide(int operation, boolean kept) {
    Fragment fragment = Fragment.ofSums(1, operation, 1L << 55, 3, 1_500, 20_000_000, false, true);
    long number = log.note(fragment, operation, 1, "p", 0.5, false, new long[0], 0, 0);
    log.settled(number, kept, 0.5, "p");
  }

  @Test
  void tapPrintsDecisionsAsTheyFall() throws Exception {
    for (String form : List.of("table", "json", "yaml")) {
      CompletableFuture<Console> tap =
          CompletableFuture.supplyAsync(
              () -> run("tap", "--decision", "dropped", "--limit", "2", "-o", form));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                decide(1, true);
                decide(2, false);
                return tap.isDone();
              });
      Console console = tap.get();
      assertEquals(0, console.code(), console.err());
      assertTrue(console.out().contains("operation 2"), console.out());
      assertTrue(!console.out().contains("operation 1"), console.out());
      if (form.equals("json")) {
        for (String line : console.out().strip().split("\n")) {
          assertEquals("dropped", JsonMapper.shared().readTree(line).path("outcome").asString());
        }
      }
    }
  }

  @Test
  void tapSaysWhyItCannot() {
    Console wrong = run("tap", "--outcome", "lost");
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("outcome is kept, dropped or limbo"), wrong.err());
    Console nobody = Console.run(Map.of(), "tap", "--at", "http://localhost:1");
    assertEquals(3, nobody.code());
    assertTrue(nobody.err().contains("is --at right?"), nobody.err());
  }

  @Test
  void topShowsWhatCostsMostOnceWhereNobodyLooks() {
    Console top = run("top", "--limit", "3");
    assertEquals(0, top.code(), top.err());
    assertTrue(top.out().contains("kill switch off"), top.out());
    assertTrue(top.out().contains("SERVICE"), top.out());
    JsonNode json = JsonMapper.shared().readTree(run("top", "-o", "json").out());
    assertTrue(json.has("status") && json.has("spend") && json.has("operations"), json.toString());
    assertEquals(1, run("top", "--sort", "nonsense").code());
  }

  @Test
  void budgetSaysWhatWasSpent() {
    Console budget = run("budget");
    assertEquals(0, budget.code(), budget.err());
    assertTrue(budget.out().contains("LIMIT USD"), budget.out());
    Console fleet = run("budget", "--scope", "fleet");
    assertEquals(1, fleet.code());
    assertTrue(fleet.err().contains("no fleet shares"), fleet.err());
  }

  @Test
  void aBoostIsTriedMadeListedAndEnded() {
    String[] add = {"boost", "add", "--service", "cart", "--ttl", "10m", "--cap", "0.5"};
    List<String> dry = new ArrayList<>(List.of(add));
    dry.add("--dry-run");
    assertEquals(0, run(dry.toArray(String[]::new)).code());
    assertTrue(run("boost", "list").out().contains("None is active"));
    List<String> json = new ArrayList<>(List.of(add));
    json.addAll(List.of("--reason", "incident 7", "-o", "json"));
    Console made = run(json.toArray(String[]::new));
    assertEquals(0, made.code(), made.err());
    String id = JsonMapper.shared().readTree(made.out()).path("id").asString();
    assertTrue(run("boost", "list").out().contains(id));
    Console ended = run("boost", "end", id, "--reason", "Gr\u00fc\u00dfe, \uc7a5\uc560");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("ended"), ended.out());
    assertEquals(
        "Gr\u00fc\u00dfe, \uc7a5\uc560", port.store.audit().after(0, 9).getLast().reason());
    assertEquals(1, run("boost", "end", "none").code());
    assertEquals(2, run("boost", "add", "--service", "cart").code(), "a cap is needed");
    assertEquals(2, run("boost", "add", "--attribute", "x", "--cap", "1").code());
  }

  @Test
  void aTokenOfALowerRoleIsToldWhatIsNeeded() throws Exception {
    Path file = Files.writeString(directory.resolve("wrong"), "guess");
    Console console =
        Console.run(
            Map.of(), "kill-switch", "off", "--at", port.url(), "--token-file", file.toString());
    assertEquals(1, console.code());
    assertTrue(console.err().contains("valid bearer token"), console.err());
    assertTrue(!console.err().contains("guess"), console.err());
  }

  @Test
  void alertsAreListedSilencedAndTried() {
    assertTrue(run("alerts", "list").out().contains("Nothing is wrong"));
    assertTrue(run("alerts", "list").out().contains("no webhook is configured"));
    Console silenced =
        run("alerts", "silence", "--rule", "latency", "--ttl", "2h", "--reason", "deploy");
    assertEquals(0, silenced.code(), silenced.err());
    assertTrue(silenced.out().startsWith("latency is silent until "), silenced.out());
    assertTrue(run("alerts", "list").out().contains("silent    latency until "));
    JsonNode json = JsonMapper.shared().readTree(run("alerts", "list", "-o", "json").out());
    assertEquals("deploy", json.at("/silences/0/reason").asString());
    assertEquals(
        "latency is told of again\n",
        run("alerts", "silence", "--rule", "latency", "--ttl", "0s").out());
    assertTrue(!run("alerts", "list").out().contains("silent "));

    assertEquals(2, run("alerts", "silence").code());
    assertEquals(2, run("alerts", "silence", "--rule", "latency", "--id", "a1").code());
    Console unknown = run("alerts", "silence", "--rule", "colour");
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("slowQuery"), unknown.err());
    Console test = run("alerts", "test");
    assertEquals(4, test.code());
    assertTrue(test.err().contains("alerts.webhook.url"), test.err());
  }

  private static String bash(Path script, String words) throws Exception {
    Process bash =
        new ProcessBuilder(
                "bash",
                "--norc",
                "-c",
                "source "
                    + script
                    + "; COMP_WORDS=("
                    + words
                    + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _complete_spanthrift;"
                    + " printf '%s\\n' \"${COMPREPLY[@]}\"")
            .redirectError(ProcessBuilder.Redirect.DISCARD) // that nobody has pressed a key
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), said);
    return said;
  }

  @Test
  void bashCompletesVerbsAndOptions() throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("completion"), Console.run(Map.of(), "completion").out());
    assertEquals("policy\n", bash(script, "spanthrift pol"));
    assertEquals("rollback\n", bash(script, "spanthrift policy ro"));
    assertEquals("--token-file\n", bash(script, "spanthrift kill-switch --tok"));
    assertEquals("silence\n", bash(script, "spanthrift alerts si"));
  }

  @Test
  void completionKnowsEveryVerb() {
    Console console = Console.run(Map.of(), "completion");
    assertEquals(0, console.code(), console.err());
    for (String verb : List.of("tap", "top", "kill-switch", "--token-file", "rollback")) {
      assertTrue(console.out().contains(verb), verb);
    }
  }
}
