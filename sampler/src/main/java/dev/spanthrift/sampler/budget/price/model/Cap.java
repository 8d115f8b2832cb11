package dev.spanthrift.sampler.budget.price.model;

import org.jspecify.annotations.Nullable;

/**
 * A quantity that money does not buy more of: beyond it the vendor drops, throttles or suspends.
 *
 * @param quantity in units; none: by contract
 * @param action what the vendor does
 */
public record Cap(
    Meter meter, PricingUnit unit, @Nullable Quoted quantity, Window window, String action) {}
