package dev.spanthrift.helm.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The helm of the PATH (version 4), against the API server of the tests. */
final class HelmProgram {
  static final String CHART = "spanthrift";

  private HelmProgram() {}

  /** Runs it; what it says, on both streams. The exit status must be 0. */
  static String helm(String... arguments) throws IOException, InterruptedException {
    Answer answer = run(arguments);
    assertEquals(0, answer.code(), String.join(" ", arguments) + "\n" + answer.text());
    return answer.text();
  }

  record Answer(int code, String text) {}

  static Answer run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("helm"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", Kube.kubeconfig().toString());
    Path home = Files.createTempDirectory("helm");
    builder.environment().put("HELM_CACHE_HOME", home.toString());
    builder.environment().put("HELM_CONFIG_HOME", home.toString());
    builder.environment().put("HELM_DATA_HOME", home.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), text);
  }
}
