package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.ClassPath;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as a process of its own. */
class RunCommandTest {
  private static Process start(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            ClassPath.here(),
            RunStub.class.getName(),
            "run");
    builder.environment().keySet().removeIf(key -> key.startsWith("SPANTHRIFT_"));
    builder.environment().put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://backend:4318");
    builder.environment().putAll(environment);
    return builder.start();
  }

  @Test
  @Timeout(60)
  void sigtermStopsTheSidecarWithItsDeadline() throws Exception {
    Process process = start(Map.of("SPANTHRIFT_SHUTDOWN_DEADLINE", "7s"));
    try (BufferedReader err = process.errorReader();
        BufferedReader out = process.inputReader()) {
      assertEquals(
          "spanthrift: OTLP/gRPC on localhost:11, OTLP/HTTP on localhost:12, page"
              + " http://127.0.0.1:13/, to http://backend:4318",
          err.readLine());
      process.toHandle().destroy(); // Process.destroy() would close the pipes
      assertEquals("stopped within PT7S", out.readLine());
      assertEquals(
          "spanthrift: ending; 355 spans wait: they are decided and sent, which may take up to 7 s,"
              + " and are lost if this process is killed before",
          err.readLine());
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), "a clean end is no failure");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(60)
  void anInterruptFromTheKeyboardIsACleanEndToo() throws Exception {
    Process process = start(Map.of());
    try (BufferedReader err = process.errorReader()) {
      assertTrue(err.readLine().startsWith("spanthrift: OTLP/gRPC on"));
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(60)
  void whatWillBeForgottenIsSaidBeforeTheStart(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Process process =
        start(
            Map.of(
                "SPANTHRIFT_STATE_DIR", file.toString(),
                "SPANTHRIFT_ADMIN_TOKEN_FILE", "/no/token",
                "SPANTHRIFT_ADMIN_PORT", "1"));
    try (BufferedReader err = process.errorReader()) {
      assertEquals(
          "spanthrift: stateDir %s: %s is not a writable folder; set SPANTHRIFT_STATE_DIR to one"
              .formatted(file, file),
          err.readLine());
      assertEquals(
          "spanthrift: admin.tokenFile: /no/token: no such file; give the path of one",
          err.readLine());
      assertEquals("spanthrift: port 1 is taken", err.readLine());
      assertEquals(1, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(60)
  void aSidecarThatCannotStartIsCodeOne() throws Exception {
    Process process = start(Map.of("SPANTHRIFT_ADMIN_PORT", "1"));
    try (BufferedReader err = process.errorReader()) {
      assertEquals("spanthrift: port 1 is taken", err.readLine());
      assertEquals(1, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }
}
