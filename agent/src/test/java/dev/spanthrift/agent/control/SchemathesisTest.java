package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same as {@link OpenApiClientTest} by a client that others wrote: schemathesis, where it is on
 * the PATH.
 */
@Timeout(900)
class SchemathesisTest {
  @TempDir Path directory;

  @Test
  void findsNothingAsAnAdmin() throws Exception {
    ask(30, "--header", "Authorization: Bearer " + AdminPort.TOKEN);
  }

  @Test
  void findsNothingAsNobody() throws Exception {
    ask(10);
  }

  private void ask(int seconds, String... more) throws Exception {
    Optional<Path> program =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "schemathesis"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), "skipped: no schemathesis");
    try (AdminPort port = AdminPort.startWithRealPolicies(directory)) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  program.get().toString(),
                  "--config-file",
                  Path.of("src/test/resources/schemathesis.toml").toAbsolutePath().toString(),
                  "--no-color",
                  "run",
                  port.url() + "/openapi.json",
                  "--url",
                  port.url(),
                  "--exclude-path-regex",
                  "/stream/", // endless
                  "--max-time",
                  String.valueOf(seconds),
                  "--seed",
                  Long.toString(Long.getLong("seed", 1))));
      command.addAll(List.of(more));
      Process run =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, run.waitFor(), said);
    }
  }
}
