package dev.spanthrift.agent.control.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.control.boost.BoostMatch;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictWordsTest {
  private static Explanation.Decided decided(
      String outcome, @Nullable String reason, Explanation.@Nullable Boosted boost) {
    return new Explanation.Decided(
        1,
        Instant.EPOCH,
        outcome,
        reason,
        "cart",
        "GET",
        1,
        9,
        1,
        true,
        true,
        1,
        List.of(),
        boost,
        null,
        new Explanation.Draw(1, 1, "0", "9".repeat(14), 1, null),
        List.of());
  }

  private static Explanation.Boosted boost(BoostMatch match, String reason) {
    return new Explanation.Boosted("bmx4byppf", match, match.words(), reason);
  }

  @Test
  void aBoostIsNamedByWhatItMatches() {
    BoostMatch login = new BoostMatch("shop", "POST /login", new BoostMatch.OfAttribute("a", "b"));
    String rest = ": GET of cart, 1 span with an error; probability 1.";
    assertEquals(
        "Kept by the boost of POST /login of shop with a = b (bmx4byppf, because: incident 7)"
            + rest,
        VerdictWords.of(decided("kept", "boost:1", boost(login, "incident 7"))));
    assertEquals(
        "Kept by the boost of all of shop (bmx4byppf)" + rest,
        VerdictWords.of(decided("kept", "boost:1", boost(new BoostMatch("shop", null, null), ""))));
    assertEquals(
        "Kept by a boost that is forgotten" + rest,
        VerdictWords.of(decided("kept", "boost:1", Explanation.Boosted.FORGOTTEN)));
  }

  /** In limbo nothing is counted yet, and the version that decided may be forgotten. */
  @Test
  void whoDecidedMayNotBeKnownAnyMore() {
    Explanation.Decided limbo = decided("limbo", null, null);
    assertEquals(
        "Waits for the other sidecars, decided by a rule that is not known any more: GET of cart,"
            + " 1 span with an error; probability 1.",
        VerdictWords.of(limbo));
  }
}
