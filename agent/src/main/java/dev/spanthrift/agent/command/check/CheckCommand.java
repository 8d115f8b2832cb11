package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.command.option.ConfigOption;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.settings.HeapBounds;
import dev.spanthrift.agent.config.settings.MemoryPlan;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.source.ControllerCheck;
import dev.spanthrift.agent.fleet.EngineCheck;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.Treasurer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift check}: would {@code run} work here? */
@Command(
    name = "check",
    description =
        "Checks configuration, files, free ports and whether destinations can be reached;"
            + " exits 0 if all is well, else 1.")
public final class CheckCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private final ConfigOption config = new ConfigOption();

  @Option(
      names = "-o",
      paramLabel = "table|json",
      description = "Form of the answer. Default: table.")
  private Form form = Form.TABLE;

  @Option(
      names = "--offline",
      description =
          "Looks at configuration, policies and files alone: tries no port, asks no destination,"
              + " no engine and no controller. Default: asks them.")
  private boolean offline;

  private enum Form {
    TABLE,
    JSON
  }

  /** The whole answer, as JSON shows it. */
  private record Answer(boolean ok, List<Check> checks) {}

  public CheckCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Check> checks = new ArrayList<>();
    try {
      SettingsLoader.Loaded loaded = config.load(context.environment());
      checks.add(new Check("configuration", true, "read"));
      loaded.warnings().forEach(warning -> checks.add(Check.warning("configuration", warning)));
      checks.addAll(PolicyCheck.of(loaded.settings()));
      checks.addAll(money(loaded.settings()));
      checks.addAll(offline ? List.of() : fleet(loaded.settings()));
      checks.addAll(offline ? List.of() : controller(loaded.settings()));
      checks.addAll(memory(loaded));
      Surroundings around = new Surroundings(loaded.settings(), context.environment());
      checks.addAll(offline ? around.files() : around.checks());
    } catch (SettingsException e) {
      e.problems().forEach(p -> checks.add(new Check("configuration", false, p.toString())));
    }
    boolean ok = checks.stream().allMatch(Check::ok);
    switch (form) {
      case TABLE -> table(checks);
      case JSON ->
          context.out().println(JsonMapper.shared().writeValueAsString(new Answer(ok, checks)));
    }
    context.out().flush();
    return ok ? Context.OK : Context.FAILED;
  }

  private static List<Check> fleet(SpanthriftSettings settings) {
    if (!settings.fleet().enabled()) {
      return List.of();
    }
    String what = "fleet " + settings.fleet().url();
    EngineCheck.Finding found = EngineCheck.of(settings.fleet());
    List<Check> checks = new ArrayList<>(List.of(new Check(what, found.ok(), found.detail())));
    if (!found.warning().isEmpty()) {
      checks.add(Check.warning(what, found.warning()));
    }
    return checks;
  }

  private static List<Check> controller(SpanthriftSettings settings) {
    if (!settings.controller().enabled()) {
      return List.of();
    }
    String lack = ControllerCheck.lack(settings.controller());
    return List.of(
        new Check(
            "controller " + settings.controller().url(),
            lack == null,
            lack == null ? "takes this pod's token" : lack));
  }

  /** How memory is divided, and what {@code run} with the same options would make smaller. */
  private static List<Check> memory(SettingsLoader.Loaded loaded) {
    long heap = Runtime.getRuntime().maxMemory();
    HeapBounds bounds = HeapBounds.of(loaded.settings(), heap);
    List<Check> checks = new ArrayList<>();
    MemoryPlan plan = MemoryPlan.ofThisProcess();
    if (plan != null) {
      String of = "memory " + plan.memory() + " MiB";
      boolean fits = plan.fits(heap);
      String words = plan.words(heap);
      checks.add(
          fits
              ? new Check(of, true, words)
              : Check.warning(of, words + ": more than that; lower -Xmx in SPANTHRIFT_JAVA_OPTS"));
    }
    String what = "heap " + (heap >> 20) + " MiB";
    checks.add(new Check(what, true, bounds.words(loaded.settings().destinations().size())));
    List<String> asked =
        bounds.reduced().stream()
            .filter(words -> loaded.given().contains(words.split(" ")[0]))
            .toList();
    if (!asked.isEmpty()) {
      checks.add(
          Check.warning(
              what,
              "too small for what is set, so that it will be: "
                  + String.join(", ", asked)
                  + "; raise SPANTHRIFT_MEMORY, or lower these"));
    }
    return checks;
  }

  private static List<Check> money(SpanthriftSettings settings) {
    try {
      Treasurer.check(settings);
      return List.of();
    } catch (ModelException e) {
      return List.of(new Check("price and budgets", false, String.valueOf(e.getMessage())));
    }
  }

  private void table(List<Check> checks) {
    int width = checks.stream().mapToInt(check -> check.check().length()).max().orElse(1);
    checks.forEach(check -> context.out().println(check.line(width)));
  }
}
