package dev.spanthrift.agent.control.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictWordsTest {
  /** In limbo nothing is counted yet, and the version that decided may be forgotten. */
  @Test
  void whoDecidedMayNotBeKnownAnyMore() {
    Explanation.Decided limbo =
        new Explanation.Decided(
            1,
            Instant.EPOCH,
            "limbo",
            null,
            "cart",
            "GET",
            1,
            9,
            1,
            true,
            true,
            1,
            List.of(),
            null,
            new Explanation.Draw(1, 1, "0", "9".repeat(14), 1, null),
            List.of());
    assertEquals(
        "Waits for the other sidecars, decided by a rule that is not known any more: GET of cart,"
            + " 1 span with an error; probability 1.",
        VerdictWords.of(limbo));
  }
}
