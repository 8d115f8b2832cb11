package dev.spanthrift.agent.command.remote;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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
      names = {"-o", "--output"},
      paramLabel = "table|json|yaml",
      description = "Form of the answer. Default: table.")
  private OutputForm form = OutputForm.TABLE;

  RemoteSidecar sidecar() {
    return new RemoteSidecar(at, tokenFile);
  }

  OutputForm form() {
    return form;
  }
}
