package dev.spanthrift.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the program is to be started: environment, configuration, state.
 *
 * <p>Begins with free ports, a state folder and a token, and nothing of this process's environment
 * but the path.
 */
final class Launch {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String TOKEN = "a-token-for-tests";

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable Path config;

  /**
   * A launch from a folder of its own.
   *
   * @param folder for state, token and configuration
   */
  Launch(Path folder) {
    this.folder = folder;
    Path token = write("token", TOKEN);
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("HOME", folder.toString());
    environment.put("SPANTHRIFT_JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPANTHRIFT_AOT", "off"); // no cache is made beside a test
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_TOKEN_FILE", token.toString());
    environment.put("SPANTHRIFT_STATE_DIR", folder.resolve("state").toString());
    touchJar();
  }

  /** Maven leaves an unchanged jar alone, and then the launcher thinks that it must be built. */
  private static void touchJar() {
    Path jar = ROOT.resolve("agent/target/spanthrift.jar");
    try {
      FileTime built = Files.getLastModifiedTime(jar);
      for (String module : List.of("sampler", "exporter", "agent")) {
        try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/main"))) {
          if (sources.anyMatch(source -> isNewer(source, built))) {
            Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNewer(Path file, FileTime than) {
    try {
      return Files.getLastModifiedTime(file).compareTo(than) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Launch env(String name, Object value) {
    environment.put(name, value.toString());
    return this;
  }

  Launch without(String name) {
    environment.remove(name);
    return this;
  }

  /** The default destination, as the SDKs name it. */
  Launch to(OtlpBackend backend) {
    return env("OTEL_EXPORTER_OTLP_ENDPOINT", backend.uri())
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", backend.protocol());
  }

  /** A configuration file. */
  Launch yaml(String text) {
    config = write("spanthrift.yaml", text);
    return this;
  }

  Path write(String name, String text) {
    try {
      Files.createDirectories(folder);
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path stateDir() {
    return folder.resolve("state");
  }

  /** Turns one bit of a file in the state folder. */
  void damage(String name) {
    Path file = stateDir().resolve(name);
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code run} and waits until it is ready. */
  Program run() {
    return ready(begin("run"));
  }

  /** The same by the launcher of another installation. */
  Program runOf(Path script) {
    return ready(begin(script, "run"));
  }

  private static Program ready(Program program) {
    try {
      program.awaitReady();
      return program;
    } catch (Throwable e) {
      program.close();
      throw e;
    }
  }

  /** Starts a verb and does not wait. */
  Program begin(String... verb) {
    return begin(ROOT.resolve("spanthrift"), verb);
  }

  private Program begin(Path script, String... verb) {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(Arrays.asList(verb));
    if (config != null) {
      command.addAll(List.of("--config", config.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return new Program(builder.start(), TOKEN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a verb to its end. */
  Program call(String... verb) {
    Program program = begin(verb);
    program.exit();
    return program;
  }

  /** The same by the launcher of another installation. */
  Program callOf(Path script, String... verb) {
    Program program = begin(script, verb);
    program.exit();
    return program;
  }
}
