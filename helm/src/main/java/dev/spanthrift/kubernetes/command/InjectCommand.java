package dev.spanthrift.kubernetes.command;

import dev.spanthrift.kubernetes.injection.Manifest;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spanthrift inject}. */
@Command(
    name = "inject",
    description = {
      "Gives the pods and workloads of a manifest their sidecar and prints it.",
      "Asks no cluster. The admission policy that does it in the API server is the chart's"
          + " (injection.mode: policy)."
    })
final class InjectCommand implements Callable<Integer> {
  private final ClusterContext context;

  @Mixin SidecarOptions sidecar = new SidecarOptions();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "Manifest with any number of documents; - is stdin.")
  String file = "";

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "Namespace of objects that name none. Default: none",
      defaultValue = "")
  String namespace = "";

  InjectCommand(ClusterContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try {
      SidecarDefaults defaults = sidecar.read(context);
      Manifest.Outcome outcome = Manifest.inject(new PodInjector(defaults), text(file), namespace);
      outcome.notes().forEach(note -> context.say("spanthrift: " + note));
      context.out().print(outcome.yaml());
      return ClusterContext.OK;
    } catch (IllegalArgumentException e) {
      context.say("spanthrift: " + e.getMessage());
      return ClusterContext.FAILED;
    } catch (IOException e) {
      context.say("spanthrift: " + file + " cannot be read: " + e.getMessage());
      return ClusterContext.FAILED;
    }
  }

  private static String text(String file) throws IOException {
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
