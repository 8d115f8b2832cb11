package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would be kept if these policies and this budget were in force?
 *
 * @param allowance in picos of the currency; null for no budget, which keeps what policies leave
 * @param plan budgets by period in place of an allowance
 * @param price of spans
 * @param currency that the price is in
 * @param policyShareMax share of an allowance by time that policies which keep for certain may
 *     take; a plan has its budgets' own
 * @param byPod one sampler for each pod, with a common ledger; else one for all
 */
public record Question(
    PolicyDocument policy,
    @Nullable Allowance allowance,
    @Nullable Plan plan,
    AllocationSettings allocation,
    SpanPrice price,
    String currency,
    boolean byPod,
    SamplerSettings sampler,
    double policyShareMax) {
  /** The same where policies may take all of the money. */
  public Question(
      PolicyDocument policy,
      @Nullable Allowance allowance,
      @Nullable Plan plan,
      AllocationSettings allocation,
      SpanPrice price,
      String currency,
      boolean byPod,
      SamplerSettings sampler) {
    this(policy, allowance, plan, allocation, price, currency, byPod, sampler, 1);
  }

  /**
   * Budgets of a configuration, and the price list that they are spent by.
   *
   * @param eventsPerSpan mean of the recording
   */
  public record Plan(List<Budget> budgets, Pricing pricing, double eventsPerSpan) {
    public Plan {
      budgets = List.copyOf(budgets);
    }
  }

  boolean hasBudget() {
    return allowance != null || plan != null;
  }
}
