package dev.spanthrift.kubernetes.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The launcher finds the cluster's jar for the cluster's verbs. */
class ClusterLauncherIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: cart}
      spec: {containers: [{name: cart, image: cart:1}]}
      """;

  private record Run(int code, String out) {}

  private static Run launcher(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("spanthrift").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("SPANTHRIFT") || name.equals("KUBECONFIG"));
    builder.environment().put("SPANTHRIFT_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPANTHRIFT_AOT", "off");
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out);
  }

  @Test
  void injectPrintsAPodWithItsSidecar() throws Exception {
    Run run = launcher(POD, "inject", "-f", "-", "--upstream", "https://backend:4318");
    assertEquals(0, run.code(), run.out());
    assertTrue(run.out().contains("initContainers:"), run.out());
    assertTrue(run.out().contains("SPANTHRIFT_MODE"), run.out());
  }

  @Test
  void injectorAndControllerStartAndSayWhatTheyLack() throws Exception {
    Run injector = launcher("", "injector", "--no-cluster");
    assertEquals(1, injector.code(), injector.out());
    assertTrue(injector.out().contains("--no-cluster needs --tls-cert"), injector.out());
    Run controller = launcher("", "controller", "--host", "0.0.0.0");
    assertEquals(2, controller.code(), controller.out());
    assertTrue(controller.out().contains("needs --ca-config-map"), controller.out());
  }

  /** What the sidecar's JVM can load holds nothing of the cluster's. */
  @Test
  void theSidecarsLibrariesAreWithoutTheClusters() throws IOException {
    List<String> ofSidecar = names(ROOT.resolve("agent/target/lib"));
    List<String> ofCluster = names(ROOT.resolve("helm/target/lib"));
    assertFalse(ofSidecar.isEmpty());
    assertTrue(
        ofCluster.stream().anyMatch(name -> name.startsWith("kubernetes-client")),
        ofCluster::toString);
    assertEquals(
        List.of(),
        ofSidecar.stream()
            .filter(name -> name.startsWith("kubernetes-") || name.startsWith("bc"))
            .toList());
    assertEquals(List.of(), ofCluster.stream().filter(ofSidecar::contains).toList());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
