package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.option.Context;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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
  void everyVerbHasHelpADescriptionAndOptionsThatSayTheirDefault() {
    Map<String, CommandLine> verbs =
        Verbs.commandLine(
                new Context(
                    Map.of(),
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    RunStub::new))
            .getSubcommands();
    assertTrue(verbs.size() >= 8, verbs.toString());
    verbs.forEach(
        (name, verb) -> {
          Console console = Console.run(Map.of(), name, "--help");
          assertEquals(0, console.code(), name);
          assertEquals("", console.err(), name);
          assertTrue(console.out().contains("Usage: spanthrift " + name), console.out());
          assertTrue(!console.out().contains("%%") && !console.out().contains("Unknown"), name);
          assertTrue(verb.getCommandSpec().usageMessage().description().length > 0, name);
          verb.getCommandSpec()
              .options()
              .forEach(
                  option -> {
                    String said = String.join(" ", option.description());
                    assertFalse(said.isBlank(), option.longestName());
                    boolean hasDefault =
                        option.getValue() != null && !option.typeInfo().isBoolean();
                    assertTrue(
                        !hasDefault || option.required() || said.contains("Default: "),
                        name + " " + option.longestName() + ": " + said);
                  });
        });
    Console root = Console.run(Map.of(), "--help");
    assertEquals(0, root.code());
    assertTrue(root.out().contains("Exit codes: 0"), root.out());
    assertTrue(Console.run(Map.of(), "--version").out().startsWith("spanthrift "));
    assertTrue(Console.run(Map.of(), "simulate", "-h").out().contains("10%|AMOUNT"));
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    assertTrue(Console.run(Map.of(), "run", "--strict").err().contains("goes with --collector"));
    assertTrue(
        Console.run(Map.of(), "run", "--collector-version", "0.150.0")
            .err()
            .contains("goes with --collector"));
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
            new String[] {"send", "file", "--to", "http://localhost:4317"},
            new String[] {"send", "file", "--to", "localhost:65536"},
            new String[] {"send", "file", "--to", "localhost:4317", "--pause-max", "-1"},
            new String[] {"simulate", "--live", "127.0.0.1:4321"},
            new String[] {"demo", "--seconds", "-4"},
            new String[] {"demo", "--pods", "1"},
            new String[] {"demo", "--pods", "10"},
            new String[] {"demo", "--outage", "5"},
            new String[] {"demo", "--redis", "redis://127.0.0.1:6379"},
            new String[] {"demo", "--pods", "2", "--seconds", "20", "--outage", "9"},
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
  void aFleetsDemoWithoutAnEngineSaysWhatToInstall() {
    Console console = Console.run(Map.of("PATH", "/nowhere"), "demo", "--pods", "2");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("apt install redis-server, or valkey-server"), console.err());
    assertTrue(console.err().contains("--redis redis://host:6379"), console.err());
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
  void aFileOfTheOtherKindIsToldWhereItBelongs(@TempDir Path folder) throws Exception {
    Path theirs = Files.writeString(folder.resolve("otelcol.yaml"), "exporters: {}\nservice: {}\n");
    Console run = Console.run(Map.of(), "run", "--config", theirs.toString());
    assertTrue(run.err().contains("service (otelcol.yaml:1): this is the conf"), run.err());
    assertTrue(run.err().contains("use run --collector"), run.err());
    assertFalse(run.err().contains("unknown key"), run.err());
    Path ours = Files.writeString(folder.resolve("ours.yaml"), "policies: []\n");
    Console imported = Console.run(Map.of(), "import", ours.toString());
    assertEquals(1, imported.code());
    assertTrue(imported.err().contains("use run --config"), imported.err());
  }

  @Test
  void runWithoutADestinationSaysHowToNameOne() {
    Console console = Console.run(Map.of(), "run");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("OTEL_EXPORTER_OTLP_ENDPOINT"), console.err());
  }
}
