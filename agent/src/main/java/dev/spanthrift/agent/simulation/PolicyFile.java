package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.config.policy.PolicyKeys;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Policies from a file, YAML or JSON: a policy document with the keys {@code policies} and {@code
 * default}, or a whole configuration.
 *
 * @param note what of a configuration was not used, for people; empty when there is nothing to say
 */
public record PolicyFile(PolicyDocument document, String note) {
  /**
   * Reads and checks it.
   *
   * @throws IOException with everything that is wrong, a line each
   */
  public static PolicyFile read(Path file, Map<String, String> environment) throws IOException {
    try {
      PolicyKeys.Read read =
          PolicyKeys.read(InputFile.text("--policy", file), String.valueOf(file), environment);
      return new PolicyFile(checked(read.document()), note(file, read));
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InvalidPolicyException e) {
      throw new IOException(
          e.problems().stream().map(p -> file + p.toString()).collect(Collectors.joining("\n")), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String note(Path file, PolicyKeys.Read read) {
    return read.others().isEmpty()
        ? ""
        : file
            + " is a whole configuration: policies and defaultProbability are used, not "
            + String.join(", ", read.others())
            + " (--config takes those)";
  }

  /** Compiles it once, so that what makes no sense is said before anything runs. */
  public static PolicyDocument checked(PolicyDocument document) {
    PolicyJudge judge = new PolicyJudge(PolicySet.compile(document));
    judge.tick(0);
    return document;
  }
}
