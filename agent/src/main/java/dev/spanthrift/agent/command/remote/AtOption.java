package dev.spanthrift.agent.command.remote;

import dev.spanthrift.exporter.settings.Tls;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which sidecar is asked, and how its answer is printed. */
final class AtOption {
  @Option(
      names = "--at",
      paramLabel = "URL",
      description = "Admin port of the sidecar. Default: http://localhost:4321.")
  private URI at = URI.create("http://localhost:4321");

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the bearer token, for what needs one.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Authorities of an https:// --at, PEM; without it the JVM's own.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert-file",
      paramLabel = "FILE",
      description = "Client certificate for https://, PEM; with --key-file.")
  private @Nullable Path certificate;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Private key of the client certificate, PEM (PKCS#8).")
  private @Nullable Path key;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json|yaml",
      description = "Form of the answer. Default: table.")
  private OutputForm form = OutputForm.TABLE;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec verb;

  RemoteSidecar sidecar() {
    if ((certificate == null) != (key == null) && verb != null) {
      throw new ParameterException(verb.commandLine(), "--cert-file and --key-file go together");
    }
    return new RemoteSidecar(at, tokenFile, new Tls(authorities, certificate, key, false));
  }

  OutputForm form() {
    return form;
  }
}
