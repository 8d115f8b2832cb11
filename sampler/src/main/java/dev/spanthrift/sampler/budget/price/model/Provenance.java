package dev.spanthrift.sampler.budget.price.model;

import java.util.List;

/**
 * Where a figure comes from: without it no price may be shown.
 *
 * @param asOf date of the source as far as known, such as 2026-09
 * @param sources titles or repository paths
 */
public record Provenance(String asOf, Evidence evidence, List<String> sources) {
  public Provenance {
    sources = List.copyOf(sources);
    if (asOf.isBlank() || sources.isEmpty()) {
      throw new IllegalArgumentException("a figure needs a date and a source");
    }
  }
}
