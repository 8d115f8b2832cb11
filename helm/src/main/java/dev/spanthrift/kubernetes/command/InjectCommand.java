package dev.spanthrift.kubernetes.command;

import dev.spanthrift.kubernetes.injection.AdmissionPolicy;
import dev.spanthrift.kubernetes.injection.Manifest;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spanthrift inject}. */
@Command(
    name = "inject",
    description = {
      "Gives the pods and workloads of a manifest their sidecar and prints it, or prints the"
          + " admission policy that does it in the API server.",
      "Asks no cluster."
    })
final class InjectCommand implements Callable<Integer> {
  private final ClusterContext context;

  @Mixin SidecarOptions sidecar = new SidecarOptions();

  @ArgGroup(multiplicity = "1")
  What what = new What();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "Namespace of objects that name none. Default: none",
      defaultValue = "")
  String namespace = "";

  @Option(
      names = "--policy-version",
      paramLabel = "VERSION",
      description =
          "Version of the admission policy's API: v1 from Kubernetes 1.36 on, v1beta1 in 1.34 and"
              + " 1.35. Default: ${DEFAULT-VALUE}",
      defaultValue = "v1")
  String policyVersion = "";

  @Option(
      names = "--policy-name",
      paramLabel = "NAME",
      description = "Name of the admission policy. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift")
  String policyName = "";

  /** One of both. */
  static final class What {
    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "Manifest with any number of documents; - is stdin.")
    @Nullable String file;

    @Option(
        names = "--admission-policy",
        description = "Prints a MutatingAdmissionPolicy with its bindings.")
    boolean policy;
  }

  InjectCommand(ClusterContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try {
      SidecarDefaults defaults = sidecar.read(context);
      if (what.policy) {
        AdmissionPolicy policy = new AdmissionPolicy(defaults, policyName);
        List<String> documents =
            policy.objects(policyVersion).stream().map(Manifest::write).toList();
        context.out().print(String.join("---\n", documents));
        return ClusterContext.OK;
      }
      Manifest.Outcome outcome =
          Manifest.inject(new PodInjector(defaults), text(String.valueOf(what.file)), namespace);
      outcome.notes().forEach(note -> context.say("spanthrift: " + note));
      context.out().print(outcome.yaml());
      return ClusterContext.OK;
    } catch (IllegalArgumentException e) {
      context.say("spanthrift: " + e.getMessage());
      return ClusterContext.FAILED;
    } catch (IOException e) {
      context.say("spanthrift: " + what.file + " cannot be read: " + e.getMessage());
      return ClusterContext.FAILED;
    }
  }

  private static String text(String file) throws IOException {
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
