package dev.spanthrift.agent.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
  @Test
  void aThirdOfTheLettersMayBeWrong() {
    assertEquals(Optional.of("policies"), Suggestions.nearest("polices", List.of("policies")));
    assertEquals(Optional.of("match"), Suggestions.nearest("macht", List.of("match", "name")));
    assertEquals(Optional.of("pause"), Suggestions.nearest("PAUZE", List.of("pause")));
    assertEquals(Optional.empty(), Suggestions.nearest("ab", List.of("cd")));
    assertEquals(Optional.empty(), Suggestions.nearest("latency", List.of("keep", "drop")));
  }

  @Test
  void aPartOfAWordIsNearIt() {
    assertEquals(List.of("datadog-apm"), Suggestions.near("datadog", List.of("datadog-apm", "x")));
    assertEquals(Optional.of("probability"), Suggestions.nearest("prob", List.of("probability")));
  }

  @Test
  void theNearestComesFirstAndThereAreThreeAtMost() {
    assertEquals(
        List.of("cart", "carts", "cart-a"),
        Suggestions.near("cart", List.of("carts", "cart-abc", "cart-a", "cart")));
  }
}
