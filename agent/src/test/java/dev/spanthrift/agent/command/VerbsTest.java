package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {
  @Test
  void helpListsTheVerbsOnStdout() {
    Console console = Console.run(Map.of(), "help");
    assertEquals(0, console.code());
    for (String verb : List.of("run", "check", "demo", "send", "version", "help")) {
      assertTrue(console.out().contains("  " + verb + " "), console.out());
    }
  }

  @Test
  void helpOfAVerbShowsItsOptions() {
    Console console = Console.run(Map.of(), "help", "send");
    assertEquals(0, console.code());
    assertTrue(console.out().contains("--fresh-times"), console.out());
  }

  @Test
  void wrongUsageIsCodeTwoAndTalk() {
    for (String[] wrong :
        List.of(
            new String[] {},
            new String[] {"unknown"},
            new String[] {"run", "--nonsense"},
            new String[] {"send"},
            new String[] {"send", "file", "--to", "nowhere"},
            new String[] {"send", "file", "--to", "host:1", "--speed", "fast"},
            new String[] {"send", "file", "--to", "host:1", "--http", "--grpc"},
            new String[] {"check", "-o", "xml"},
            new String[] {"demo", "--seconds", "soon"})) {
      Console console = Console.run(Map.of(), wrong);
      assertEquals(2, console.code(), String.join(" ", wrong));
      assertEquals("", console.out());
      assertTrue(
          console.err().contains("Usage:") || console.err().contains("Did you mean"),
          console.err());
    }
  }

  @Test
  void versionIsData() {
    Console console = Console.run(Map.of(), "version");
    assertEquals(0, console.code());
    assertTrue(console.out().startsWith("spanthrift "), console.out());
    assertEquals("", console.err());
  }

  @Test
  void runSaysEverythingThatIsWrongAndDoesNotStart(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "hold:\n  pause: 1\nadmn: {}\n");
    Console console = Console.run(Map.of(), "run", "--config", file.toString());
    assertEquals(1, console.code());
    assertTrue(console.err().contains("hold.pause = 1 (c.yaml:2)"), console.err());
    assertTrue(console.err().contains("did you mean admin?"), console.err());
    Console named = Console.run(Map.of("SPANTHRIFT_CONFIG", file.toString()), "run");
    assertTrue(named.err().contains("c.yaml:2"), named.err());
  }

  @Test
  void runWithoutADestinationSaysHowToNameOne() {
    Console console = Console.run(Map.of(), "run");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("OTEL_EXPORTER_OTLP_ENDPOINT"), console.err());
  }
}
