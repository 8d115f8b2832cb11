package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.config.PolicyParser;
import dev.spanthrift.agent.config.Problem;
import dev.spanthrift.agent.config.YamlNode;
import dev.spanthrift.agent.config.YamlReader;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.policy.InvalidPolicyException;
import dev.spanthrift.sampler.policy.PolicyDocument;
import dev.spanthrift.sampler.policy.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A policy document from a file, YAML or JSON: the keys {@code policies} and {@code default}. */
public final class PolicyFile {
  private static final long BYTES_MAX = 1 << 20;

  private PolicyFile() {}

  /**
   * Reads and checks it.
   *
   * @throws IOException with everything that is wrong, a line each
   */
  public static PolicyDocument read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(file + " cannot be read");
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + " is larger than 1 MiB: is this a policy?");
    }
    List<Problem> problems = new ArrayList<>();
    YamlNode root = YamlReader.read(Files.readString(file), String.valueOf(file), problems);
    if (!problems.isEmpty()) {
      throw new IOException(
          problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
    if (!(root instanceof YamlNode.Mapping mapping)) {
      throw new IOException(file + ": a policy document has the keys policies and default");
    }
    try {
      return checked(PolicyParser.parse(entries(mapping)));
    } catch (InvalidPolicyException e) {
      throw new IOException(
          e.problems().stream().map(p -> file + p.toString()).collect(Collectors.joining("\n")), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> entries(YamlNode.Mapping mapping) {
    Map<String, Object> entries = new LinkedHashMap<>();
    mapping.entries().forEach((key, node) -> entries.put(key, node.plain()));
    return entries;
  }

  /** Compiles it once, so that what makes no sense is said before anything runs. */
  public static PolicyDocument checked(PolicyDocument document) {
    PolicyJudge judge = new PolicyJudge(PolicySet.compile(document));
    judge.tick(0);
    return document;
  }
}
