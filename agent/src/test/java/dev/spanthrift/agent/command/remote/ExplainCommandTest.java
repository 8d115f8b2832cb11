package dev.spanthrift.agent.command.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.Fragment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The verbs that ask a running sidecar, against a real admin port. */
class ExplainCommandTest {
  private static final String ID = "00000000000000aa00000000000000bb";

  private AdminPort port;

  @BeforeEach
  void start() {
    port = AdminPort.startWithRealPolicies();
    DecisionLog log = new DecisionLog(1 << 20, () -> 1_700_000_000_000L);
    Fragment fragment = Fragment.ofSums(0xaa, 0xbb, 1L << 55, 3, 1_500, 20_000_000, true, true);
    log.settled(
        log.note(fragment, 7, 1, "default", 1, false, new long[1], 0, 1), true, 1, "default");
    port.pipeline.decisions = log;
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private Console run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--at", port.url()));
    return Console.run(Map.of(), all.toArray(String[]::new));
  }

  @Test
  void explainSaysTheVerdictAndWhatItWasMadeFrom() {
    Console console = run("explain", ID);
    assertEquals(0, console.code(), console.err());
    assertTrue(
        console
            .out()
            .startsWith(
                "Kept by policy default: operation 7 of cart, 3 spans with an error; probability"
                    + " 1."),
        console.out());
    assertTrue(console.out().contains("→ default: matches"), console.out());
    assertEquals("", console.err());
  }

  @Test
  void explainTriesABudgetAndRefusesWhatIsNone() {
    Console console = run("explain", ID, "--budget", "25/month");
    assertEquals(0, console.code(), console.err());
    assertTrue(
        console.out().contains("under budget 25/month: kept, no budget was asked: default decides"),
        console.out());
    Console wrong = run("explain", ID, "--budget", "lots of it");
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("10% or 25/month"), wrong.err());
  }

  @Test
  void theSameAsJsonAndAsYaml() {
    Console json = run("explain", ID, "-o", "json");
    assertEquals(
        ID, JsonMapper.shared().readTree(json.out()).path("traceId").asString(), json.out());
    Console yaml = run("explain", ID, "-o", "yaml");
    assertEquals(
        JsonMapper.shared().readTree(json.out()),
        BodyFormat.YAML.read(yaml.out().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aTraceThatWasNeverSeenIsAnAnswerWithReasons() {
    Console console = run("explain", "f".repeat(32));
    assertEquals(0, console.code(), console.err());
    assertTrue(console.out().startsWith("Not seen here"), console.out());
    assertTrue(console.out().contains("- the SDK did not sample it"), console.out());
  }

  @Test
  void whatIsNoTraceIdFailsWithTheApisOwnWords() {
    Console console = run("explain", "abc/..");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("32 hexadecimal digits"), console.err());
    assertEquals("", console.out());
  }

  @Test
  void whereNobodyAnswersTheCodeIsThree() {
    String nobody = "http://127.0.0.1:1";
    Console console = Console.run(Map.of(), "explain", ID, "--at", nobody);
    assertEquals(3, console.code());
    assertTrue(console.err().contains("no sidecar answers at " + nobody), console.err());
    assertFalse(console.err().contains("Exception"), console.err());
  }

  @Test
  void decisionsAreListedAndFiltered() {
    Console all = run("decisions");
    assertEquals(0, all.code(), all.err());
    assertTrue(all.out().startsWith(ID + "  2023-11-14T22:13:20Z  kept"), all.out());
    Console none = run("decisions", "--outcome", "dropped");
    assertEquals("No such decision among the last 1.\n", none.out().replace("\r", ""));
    Console wrong = run("decisions", "--outcome", "lost");
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("try outcome=dropped"), wrong.err());
  }

  @Test
  void withoutALogTheCodeSaysConflict() {
    port.pipeline.decisions = null;
    Console console = run("decisions");
    assertEquals(4, console.code());
    assertTrue(console.err().contains("explain.bytesMax is 0"), console.err());
  }
}
