package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.AllocationSettings;
import dev.spanthrift.sampler.budget.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicyDocument;
import org.jspecify.annotations.Nullable;

/**
 * What would be kept if these policies and this budget were in force?
 *
 * @param allowance in picos of the currency; null for no budget, which keeps what policies leave
 * @param price of spans
 * @param currency that the price is in
 * @param byPod one sampler for each pod, with a common ledger; else one for all
 */
public record Question(
    PolicyDocument policy,
    @Nullable Allowance allowance,
    AllocationSettings allocation,
    SpanPrice price,
    String currency,
    boolean byPod,
    SamplerSettings sampler) {}
