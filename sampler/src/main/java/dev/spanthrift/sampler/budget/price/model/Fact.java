package dev.spanthrift.sampler.budget.price.model;

/**
 * Something a price list says that the engine does not reckon with, such as other plans' prices.
 */
public record Fact(String name, String value, Provenance provenance) {}
