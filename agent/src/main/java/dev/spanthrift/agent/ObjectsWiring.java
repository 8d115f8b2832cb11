package dev.spanthrift.agent;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.policy.ManagedPolicy;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.PolicySource;
import dev.spanthrift.agent.control.source.SidecarReport;
import dev.spanthrift.agent.control.source.SidecarReport.Amount;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.Treasurer;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The sidecar as objects of Kubernetes manage it; loaded only where a controller is configured. */
final class ObjectsWiring {
  private static final String SHARED =
      "this sidecar's configured budgets are its fleet's, and all its sidecars must change them"
          + " together: remove them, or write share: sidecar";

  private final SpanthriftSettings settings;
  private final PolicySource.First first;

  private ObjectsWiring(SpanthriftSettings settings, PolicySource.First first) {
    this.settings = settings;
    this.first = first;
  }

  static ObjectsWiring of(SpanthriftSettings settings) {
    return new ObjectsWiring(
        settings, PolicySource.first(settings, bundle -> lack(settings, bundle)));
  }

  private static @Nullable String lack(SpanthriftSettings settings, Bundle bundle) {
    String lack = PolicySource.lack(bundle, settings);
    if (lack != null || bundle.budgets() == null) {
      return lack;
    }
    try {
      return lackOfBudgets(settings, bundle.budgetSettings());
    } catch (SettingsException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String lackOfBudgets(
      SpanthriftSettings settings, List<BudgetSettings> budgets) {
    if (settings.sharesMoney()) {
      return SHARED;
    }
    try {
      Treasurer.check(settings, budgets);
      return null;
    } catch (ModelException e) {
      return e.getMessage();
    }
  }

  PolicySource.First first() {
    return first;
  }

  List<BudgetSettings> budgets() {
    return Objects.requireNonNullElse(first.budgets(), settings.budgets());
  }

  PolicySource start(LivePipeline live, PolicyStore policies, Treasurer treasurer) {
    String version = Sidecar.class.getPackage().getImplementationVersion();
    return PolicySource.start(
        settings,
        first,
        new RunningSidecar(settings, live, policies, treasurer),
        Objects.requireNonNullElse(version, ""));
  }

  /** What the stream acts on. */
  private record RunningSidecar(
      SpanthriftSettings settings, LivePipeline live, PolicyStore policies, Treasurer treasurer)
      implements PolicySource.Target {
    @Override
    public @Nullable String lackOf(List<BudgetSettings> budgets) {
      return lackOfBudgets(settings, budgets);
    }

    @Override
    public List<PolicyProblem> policy(@Nullable ManagedPolicy policy, boolean budgeted) {
      boolean any = budgeted || !settings.budgets().isEmpty();
      return policies.manage(policy, PolicyCompilation.configured(settings, any), live::usePolicy);
    }

    @Override
    public void budgets(@Nullable List<BudgetSettings> budgets) {
      if (settings.sharesMoney()) {
        return; // lackOf has refused others than the configured
      }
      try {
        treasurer.rebudget(Objects.requireNonNullElse(budgets, settings.budgets()));
      } catch (ModelException e) {
        throw new IllegalStateException("budgets that were tried before", e);
      }
    }

    @Override
    public SidecarReport report(
        String hash, @Nullable String refused, List<String> refusedObjects) {
      PipelineStatus status = live.status();
      SamplerCounts spans = status.spans();
      Spend spend = treasurer.own();
      return new SidecarReport(
          hash,
          refused,
          refusedObjects,
          new Amount(spans.received().spans(), spans.received().bytes()),
          new Amount(spans.kept().spans(), spans.kept().bytes()),
          new Amount(spans.dropped().spans(), spans.dropped().bytes()),
          sum(status.shipping().failedByReason().values()),
          status.signals().values().stream().mapToLong(o -> sum(o.refused().values())).sum(),
          wouldDrop(spans),
          shadow(PolicyCounts::more),
          spend.currency(),
          spend.spent(),
          spend.savedGross(),
          spend.pricePerGigabyte(),
          spend.budgets().stream()
              .collect(Collectors.toMap(Spend.BudgetSpend::name, Spend.BudgetSpend::spent)));
    }

    private static long sum(Iterable<Long> counts) {
      long sum = 0;
      for (long count : counts) {
        sum += count;
      }
      return sum;
    }

    private Amount shadow(Function<PolicyCounts, PolicyCounts.Amount> part) {
      return sum(PolicyCounts::shadow, part);
    }

    private Amount sum(
        Predicate<PolicyCounts> which, Function<PolicyCounts, PolicyCounts.Amount> part) {
      long spans = 0;
      long bytes = 0;
      for (PolicyCounts counts : live.policies()) {
        if (which.test(counts)) {
          spans += part.apply(counts).spans();
          bytes += part.apply(counts).bytes();
        }
      }
      return new Amount(spans, bytes);
    }

    /**
     * What policies in shadow would have dropped, and what the others did drop as far as they are
     * concerned and was kept all the same, because the whole sidecar only counts.
     */
    private Amount wouldDrop(SamplerCounts spans) {
      Amount less = shadow(PolicyCounts::less);
      Amount decided = sum(counts -> !counts.shadow(), PolicyCounts::dropped);
      return new Amount(
          less.spans() + Math.max(0, decided.spans() - spans.dropped().spans()),
          less.bytes() + Math.max(0, decided.bytes() - spans.dropped().bytes()));
    }
  }
}
