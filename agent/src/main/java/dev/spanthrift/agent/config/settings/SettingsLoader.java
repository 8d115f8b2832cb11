package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.Expansion;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlReader;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The door: one file and the environment become {@link SpanthriftSettings}, or a list of problems.
 */
public final class SettingsLoader {
  /** Read by the launcher and by the command line, not part of the tree. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of(
          "SPANTHRIFT_CONFIG",
          "SPANTHRIFT_JAVA_OPTS",
          "SPANTHRIFT_JAVA_HOME",
          "SPANTHRIFT_MEMORY",
          "SPANTHRIFT_ROLE",
          "SPANTHRIFT_AOT");

  /** What Kubernetes sets for a Service whose name begins with spanthrift. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "SPANTHRIFT(_.*)?_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_(TCP|UDP).*)?)");

  private SettingsLoader() {}

  /**
   * The settings, and what deserves a word without stopping the start.
   *
   * @param warnings sentences for people
   * @param given keys that somebody has set
   * @param leftOut what is wrong, and not used; only of a lenient start
   */
  public record Loaded(
      SpanthriftSettings settings,
      List<String> warnings,
      Set<String> given,
      List<SettingProblem> leftOut) {
    public Loaded {
      warnings = List.copyOf(warnings);
      given = Set.copyOf(given);
      leftOut = List.copyOf(leftOut);
    }

    /** Whether the policies that somebody wrote are not in the settings. */
    public boolean policiesLost() {
      return leftOut.stream()
          .anyMatch(p -> p.key().matches("(policies|defaultProbability).*") || isWholeFile(p));
    }
  }

  private static boolean isWholeFile(SettingProblem problem) {
    return problem.key().equals("--config") || problem.right().startsWith("not YAML");
  }

  /** What else must hold of settings before they can be used. */
  public interface AlsoChecked {
    void check(SpanthriftSettings settings) throws SettingsException;
  }

  /**
   * Reads what can be used, and leaves out what cannot: for a start that must not fail.
   *
   * @throws SettingsException when spans could not be forwarded as the author wants
   */
  public static Loaded loadLeniently(
      @Nullable Path file, Map<String, String> environment, AlsoChecked alsoChecked)
      throws SettingsException {
    List<SettingProblem> problems = new ArrayList<>();
    YamlNode root = file == null ? null : read(file, environment, problems);
    return new LenientLoader(root, environment, problems, alsoChecked).load();
  }

  /** What holds when nobody sets anything: no destination. */
  public static SpanthriftSettings defaults() {
    try {
      return load(null, Map.of()).settings();
    } catch (SettingsException e) {
      throw new IllegalStateException("a default is refused", e);
    }
  }

  /**
   * Reads everything.
   *
   * @param file null for environment and defaults alone
   * @param environment usually {@code System.getenv()}
   * @throws SettingsException listing all problems
   */
  public static Loaded load(@Nullable Path file, Map<String, String> environment)
      throws SettingsException {
    List<SettingProblem> problems = new ArrayList<>();
    YamlNode root = file == null ? null : read(file, environment, problems);
    return load(root, environment, problems);
  }

  /**
   * Reads everything, with a text in place of the file.
   *
   * @param source its name in problems
   * @throws SettingsException listing all problems
   */
  public static Loaded load(String text, String source, Map<String, String> environment)
      throws SettingsException {
    List<SettingProblem> problems = new ArrayList<>();
    YamlNode root = YamlReader.read(text, source, true, new Expansion(environment), problems);
    return load(root, environment, problems);
  }

  static Loaded load(
      @Nullable YamlNode root, Map<String, String> environment, List<SettingProblem> problems)
      throws SettingsException {
    if (root == null && !problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    refuseCollector(root);
    Binder binder = new Binder(environment, problems);
    SpanthriftSettings settings = binder.bind(SpanthriftSettings.class, root, "");
    List<String> warnings = warnings(binder, environment);
    OtelEnvironment otel = new OtelEnvironment(environment, problems);
    if (settings == null) {
      throw new SettingsException(problems);
    }
    if (settings.destinations().isEmpty()) {
      settings = withDestinations(settings, otel.destinations(), problems);
    } else if (otel.present()) {
      warnings.add(
          "OTEL_EXPORTER_OTLP_… is not used, because the configuration names destinations");
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    warnings.addAll(otel.warnings());
    warnOfDoubledPaths(settings, binder, warnings);
    warnOfSignalsWithoutDestination(settings, warnings);
    warnOfBudgetWithoutChoice(settings, binder.place("defaultProbability"), warnings);
    return new Loaded(settings, warnings, binder.given(), List.of());
  }

  /** Else each of its keys would be an unknown one. */
  private static void refuseCollector(@Nullable YamlNode root) throws SettingsException {
    if (root instanceof YamlNode.Mapping mapping
        && mapping.entries().keySet().containsAll(Set.of("service", "exporters"))) {
      throw new SettingsException(
          List.of(
              new SettingProblem(
                  "service",
                  null,
                  root.where(),
                  "this is the configuration of an OpenTelemetry Collector; use run --collector"
                      + " FILE, or import FILE to make one of ours")));
    }
  }

  /** Only what policies leave to it, or what none decides at a probability of 1, is its choice. */
  private static void warnOfBudgetWithoutChoice(
      SpanthriftSettings settings, String where, List<String> warnings) {
    double probability = settings.defaultProbability().value();
    boolean asked =
        settings.policies().stream()
            .anyMatch(policy -> policy.containsKey("budget") || policy.containsKey("weight"));
    if (!settings.budgets().isEmpty() && probability < 1 && !asked) {
      SettingProblem problem =
          new SettingProblem(
              "defaultProbability",
              String.valueOf(probability),
              where,
              "budgets have nothing to choose from, because this decides all that no policy does;"
                  + " remove it or write 1, or give a policy budget: true, or remove budgets");
      warnings.add(problem.toString());
    }
  }

  private static void warnOfDoubledPaths(
      SpanthriftSettings settings, Binder binder, List<String> warnings) {
    for (int i = 0; i < settings.destinations().size(); i++) {
      DestinationSettings destination = settings.destinations().get(i);
      String key = "destinations[" + i + "].endpoint";
      String where = binder.place(key);
      if (!where.isEmpty()
          && !destination.endpointExact()
          && destination.protocol() == Protocol.HTTP_PROTOBUF) {
        EndpointPath.doubled(destination.endpoint())
            .map(wrong -> new SettingProblem(key, "" + destination.endpoint(), where, wrong))
            .ifPresent(problem -> warnings.add(problem.toString()));
      }
    }
  }

  private static void warnOfSignalsWithoutDestination(
      SpanthriftSettings settings, List<String> warnings) {
    Set<Signal> without = EnumSet.allOf(Signal.class);
    settings.destinations().forEach(destination -> without.removeAll(destination.signals()));
    if (!without.isEmpty() && !settings.destinations().isEmpty()) {
      String names = without.toString().toLowerCase(Locale.ROOT);
      warnings.add("no destination takes " + names + ": what comes of them is let go");
    }
  }

  private static @Nullable YamlNode read(
      Path file, Map<String, String> environment, List<SettingProblem> problems) {
    String name = String.valueOf(file.getFileName());
    try {
      String text = InputFile.text("--config", file);
      return YamlReader.read(text, name, true, new Expansion(environment), problems);
    } catch (SettingsException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  private static List<String> warnings(Binder binder, Map<String, String> environment) {
    List<String> warnings = new ArrayList<>();
    for (String variable : environment.keySet().stream().sorted().toList()) {
      if (variable.startsWith("SPANTHRIFT_")
          && !binder.variablesKnown().contains(variable)
          && !OTHER_VARIABLES.contains(variable)
          && !SERVICE_LINK.matcher(variable).matches()) {
        warnings.add("the environment variable " + variable + " is no setting and is not used");
      }
    }
    return warnings;
  }

  private static SpanthriftSettings withDestinations(
      SpanthriftSettings s, List<DestinationSettings> destinations, List<SettingProblem> problems) {
    try {
      return new SpanthriftSettings(
          s.listen(),
          s.admin(),
          destinations,
          s.hold(),
          s.decisionMemory(),
          s.policies(),
          s.mode(),
          s.defaultProbability(),
          s.stampAlways(),
          s.randomness(),
          s.export(),
          s.price(),
          s.budgets(),
          s.fleet(),
          s.controller(),
          s.recording(),
          s.explain(),
          s.stateDir(),
          s.telemetry(),
          s.alerts(),
          s.shutdown());
    } catch (Checks.RefusedException e) {
      for (Checks.Violation violation : e.violations()) {
        problems.add(
            new SettingProblem(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                Objects.toString(violation.value()),
                "environment",
                violation.right()));
      }
      return s;
    }
  }
}
