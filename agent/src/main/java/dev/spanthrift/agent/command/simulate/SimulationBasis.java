package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.money.Budgets;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.TrafficPrice;
import dev.spanthrift.agent.simulation.PolicyFile;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.TrafficSize;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.time.Duration;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/** What a simulation takes from the configuration: the price of spans, and how they are held. */
record SimulationBasis(
    TrafficPrice price,
    SamplerSettings sampler,
    SpanthriftSettings settings,
    double eventsPerSpan) {
  private static final double PICOS_PER_BYTE = 1_000; // of a price per gigabyte

  /**
   * Of recorded traffic.
   *
   * @param perGigabyte a plain price instead of the configured one
   * @param currency of that price; USD if absent
   * @throws ModelException when the configured price model is unknown, wrong or has no price
   */
  static SimulationBasis of(
      SpanthriftSettings settings,
      TrafficSize size,
      @Nullable Double perGigabyte,
      @Nullable String currency)
      throws ModelException {
    TrafficPrice price =
        perGigabyte == null
            ? configured(settings, size)
            : plain(perGigabyte, currency == null ? "USD" : currency);
    return new SimulationBasis(
        price, sampler(settings), settings, (double) size.events() / Math.max(1, size.spans()));
  }

  /** The configuration's policies; without any in it, all is left to the budget. */
  PolicyDocument policy(boolean budgeted) {
    boolean says =
        !settings.policies().isEmpty()
            || !settings.budgets().isEmpty()
            || settings.defaultProbability().value() < 1;
    return says
        ? PolicyFile.checked(PolicyParser.parse(PolicyParser.document(settings, budgeted)))
        : PolicyDocument.EMPTY;
  }

  /** The configuration's budgets; none when it has none. */
  Question.@Nullable Plan plan() throws ModelException {
    if (settings.budgets().isEmpty()) {
      return null;
    }
    Pricing pricing = Budgets.pricing(settings.price());
    return new Question.Plan(
        Budgets.budgets(settings, pricing.model().currency()), pricing, eventsPerSpan);
  }

  /** The allocation's constants as the running program would take them. */
  AllocationSettings allocation() {
    boolean hourly =
        settings.budgets().stream().anyMatch(b -> b.period() == BudgetSettings.Period.HOUR);
    return hourly
        ? AllocationSettings.DEFAULT.forPeriod(Duration.ofHours(1))
        : AllocationSettings.DEFAULT;
  }

  private static TrafficPrice configured(SpanthriftSettings settings, TrafficSize size)
      throws ModelException {
    Traffic recorded = new Traffic(size.bytes(), size.spans(), size.events(), size.traces());
    return TrafficPrice.of(settings.price(), recorded, size.seconds());
  }

  private static TrafficPrice plain(double perGigabyte, String currency) {
    SpanPrice price =
        perGigabyte == 0
            ? SpanPrice.NOMINAL
            : new SpanPrice(perGigabyte * PICOS_PER_BYTE, 0, 0, 0, 0, 1, false);
    return new TrafficPrice(price, Currency.getInstance(currency));
  }

  private static SamplerSettings sampler(SpanthriftSettings settings) {
    return new SamplerSettings(
        settings.hold().within(settings.hold().bytesMax().bytes()),
        settings.decisionMemory().tracesMax(),
        settings.stampAlways(),
        SamplerSettings.DEFAULT.precision(),
        settings.randomness());
  }
}
