package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.command.option.ConfigOption;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.TrafficPrice;
import dev.spanthrift.agent.simulation.BudgetText;
import dev.spanthrift.agent.simulation.PolicyFile;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RecordedFile;
import dev.spanthrift.agent.simulation.TrafficSize;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.agent.terminal.Progress;
import dev.spanthrift.agent.terminal.Terminal;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift simulate}: what would have been kept of recorded traffic? */
@Command(
    name = "simulate",
    description =
        "Runs policies and a budget over a recording, by the code that runs in production, and"
            + " shows what would have been kept.")
public final class SimulateCommand implements Callable<Integer> {
  private final Context context;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--recording",
      paramLabel = "FILE",
      description =
          "Recording (traces.otlp.zst): length-prefixed ExportTraceServiceRequests; requests.csv.gz"
              + " beside it gives the times.")
  private @Nullable Path recording;

  @Option(
      names = "--live",
      paramLabel = "URL",
      description =
          "Instead: the admin port of a running sidecar that records (recording.bytesMax), such as"
              + " http://127.0.0.1:4321.")
  private @Nullable String live;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Policies: YAML or JSON with the keys policies and default, or a whole configuration, of"
              + " which policies and defaultProbability are used. Without it those of --config;"
              + " without any there, all is left to the budget.")
  private @Nullable Path policy;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = "Other policies, shown beside the first with the differences.")
  private @Nullable Path compare;

  @Option(
      names = "--budget",
      paramLabel = "10%|AMOUNT/PERIOD",
      description =
          "Share of the price of what arrives, or money by time, such as 25/month. Without it the"
              + " budgets of the configuration; without any there, what policies leave to a budget"
              + " is kept.")
  private @Nullable String budget;

  @Option(
      names = "--compare-budget",
      paramLabel = "10%|AMOUNT/PERIOD",
      description = "Budget of the other side. Default: the same.")
  private @Nullable String compareBudget;

  @Option(
      names = "--pods",
      paramLabel = "by-pod|single",
      description =
          "One sampler for each pod in the recording, with a common ledger, or a single one for"
              + " all. Default: by-pod.")
  private String pods = "by-pod";

  @Option(
      names = "--price-per-gb",
      paramLabel = "PRICE",
      description =
          "Price of 10^9 bytes of spans, instead of the price model of the configuration.")
  private @Nullable Double pricePerGigabyte;

  @Option(names = "--currency", paramLabel = "CODE", description = "Of that price. Default: USD.")
  private @Nullable String currency;

  @Mixin private final ConfigOption config = new ConfigOption();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Other randomness for the traces; 0 takes the recorded ids. Default: 0.")
  private long seed;

  @Option(
      names = "-o",
      paramLabel = "table|json",
      description = "Form of the answer. Default: table.")
  private Form form = Form.TABLE;

  private enum Form {
    TABLE,
    JSON
  }

  public SimulateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean byPod = byPod();
    checkPrice();
    if ((recording == null) == (live == null)) {
      throw usage("either --recording or --live is needed");
    }
    if (recording == null) {
      return live(String.valueOf(live));
    }
    return recorded(recording, byPod);
  }

  private int live(String url) throws InterruptedException {
    try {
      LiveSimulation simulation = new LiveSimulation(url);
      WhatIfAnswer answer = simulation.ask(document(policy), budget);
      if (compare == null && compareBudget == null) {
        print(answer);
      } else {
        print(
            answer,
            simulation.ask(
                document(compare == null ? policy : compare),
                compareBudget == null ? budget : compareBudget));
      }
      return Context.OK;
    } catch (IOException e) {
      context.say("spanthrift: " + e.getMessage());
      return Context.FAILED;
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private int recorded(Path recording, boolean byPod) throws InterruptedException {
    String refusal = InputFile.refusal(recording);
    if (refusal != null) {
      context.say("spanthrift: --recording = " + recording + ": " + refusal);
      return Context.FAILED;
    }
    try {
      RecordedFile traffic = RecordedFile.open(recording, mask(seed));
      Questions questions = questions(traffic, byPod);
      if (questions == null) {
        return Context.FAILED;
      }
      run(traffic, questions.first(), questions.other());
      return Context.OK;
    } catch (MalformedException e) {
      return unreadable(recording, e.getMessage() + ": is this a recording?");
    } catch (IOException e) {
      return unreadable(recording, e.getMessage());
    }
  }

  private int unreadable(Path recording, @Nullable String why) {
    context.say("spanthrift: --recording = " + recording + ": " + why);
    return Context.FAILED;
  }

  private record Questions(Question first, @Nullable Question other) {}

  /** What is asked; none when policies or settings are wrong, which is said. */
  private @Nullable Questions questions(RecordedFile traffic, boolean byPod) throws IOException {
    TrafficSize size = TrafficSize.of(traffic);
    try {
      SpanthriftSettings settings = config.load(context.environment()).settings();
      SimulationBasis basis = SimulationBasis.of(settings, size, pricePerGigabyte, currency);
      Question first = question(policy, budget, byPod, basis);
      if (compare == null && compareBudget == null) {
        return new Questions(first, null);
      }
      String money = compareBudget == null ? budget : compareBudget;
      return new Questions(
          first, question(compare == null ? policy : compare, money, byPod, basis));
    } catch (IOException | ModelException e) {
      context.say("spanthrift: " + e.getMessage());
    } catch (SettingsException e) {
      e.problems().forEach(problem -> context.say("spanthrift: " + problem));
    }
    return null;
  }

  private boolean byPod() {
    return switch (pods) {
      case "by-pod" -> true;
      case "single" -> false;
      default -> throw usage("--pods is by-pod or single, not " + pods);
    };
  }

  private void checkPrice() {
    if (pricePerGigabyte != null && (!(pricePerGigabyte >= 0) || pricePerGigabyte > 1e9)) {
      throw usage("--price-per-gb is at least 0, not " + pricePerGigabyte);
    }
    if (currency != null && pricePerGigabyte == null) {
      throw usage("--currency goes with --price-per-gb; a price model brings its own");
    }
    if (currency != null && !isCurrency(currency)) {
      throw usage("--currency is an ISO 4217 code such as USD, not " + currency);
    }
  }

  private static boolean isCurrency(String code) {
    return Currency.getAvailableCurrencies().stream()
        .anyMatch(known -> known.getCurrencyCode().equals(code));
  }

  private Question question(
      @Nullable Path file, @Nullable String money, boolean byPod, SimulationBasis basis)
      throws IOException, ModelException {
    @Nullable BudgetText parsed = budget(money, basis.price());
    Question.@Nullable Plan plan = parsed == null ? basis.plan() : null;
    boolean budgeted = parsed != null || plan != null;
    PolicyDocument document = file == null ? configured(basis, budgeted) : document(file);
    return new Question(
        document,
        parsed == null ? null : parsed.allowance(),
        plan,
        parsed == null ? basis.allocation() : parsed.allocation(),
        basis.price().price(),
        basis.price().currency().getCurrencyCode(),
        byPod,
        basis.sampler());
  }

  private PolicyDocument document(@Nullable Path file) throws IOException {
    if (file == null) {
      return PolicyDocument.EMPTY;
    }
    PolicyFile read = PolicyFile.read(file, context.environment());
    if (!read.note().isEmpty()) {
      context.say("spanthrift: " + read.note());
    }
    return read.document();
  }

  private static PolicyDocument configured(SimulationBasis basis, boolean budgeted)
      throws IOException {
    try {
      return basis.policy(budgeted);
    } catch (InvalidPolicyException e) {
      throw new IOException("policies of the configuration: " + e.problems(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("policies of the configuration: " + e.getMessage(), e);
    }
  }

  private @Nullable BudgetText budget(@Nullable String money, TrafficPrice price) {
    try {
      return money == null
          ? null
          : BudgetText.parse(money, price.price(), price.currency().getCurrencyCode());
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private void run(RecordedFile traffic, Question first, @Nullable Question other)
      throws IOException, InterruptedException {
    int passes = other == null ? 1 : 2;
    int all = traffic.requests() * passes;
    Progress progress =
        new Progress(
            context.err(), Terminal.detect(context.environment()), System::currentTimeMillis);
    WhatIfAnswer answer = WhatIf.answer(traffic, first, watcher(progress, 0, all));
    if (other == null) {
      progress.end(all, all, words(all));
      print(answer);
      return;
    }
    WhatIfAnswer beside = WhatIf.answer(traffic, other, watcher(progress, traffic.requests(), all));
    progress.end(all, all, words(all));
    print(answer, beside);
  }

  private static WhatIf.Onlooker watcher(Progress progress, long before, int all) {
    return new WhatIf.Onlooker() {
      @Override
      public void read(long requests) {
        progress.at(before + requests, all, words(before + requests));
      }
    };
  }

  private static String words(long requests) {
    return String.format(Locale.ROOT, "%,d requests", requests);
  }

  private void print(WhatIfAnswer answer) {
    switch (form) {
      case TABLE -> new SimulationTable(context.out()).print(answer);
      case JSON -> json(answer);
    }
    context.out().flush();
  }

  private void print(WhatIfAnswer answer, WhatIfAnswer other) {
    switch (form) {
      case TABLE -> new SimulationTable(context.out()).print(answer, other);
      case JSON -> {
        Map<String, Object> both = new LinkedHashMap<>();
        both.put("policy", answer);
        both.put("compare", other);
        both.put("difference", PolicyComparison.between(answer, other));
        json(both);
      }
    }
    context.out().flush();
  }

  private void json(Object value) {
    context.out().println(JsonMapper.shared().writeValueAsString(value));
  }

  /** A mask that is 0 for seed 0 and looks random for all others. */
  private static long mask(long seed) {
    long z = seed * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private CommandLine.ParameterException usage(String message) {
    CommandLine commandLine = spec == null ? new CommandLine(this) : spec.commandLine();
    return new CommandLine.ParameterException(commandLine, message);
  }
}
