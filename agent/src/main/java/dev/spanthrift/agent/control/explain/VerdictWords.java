package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.explain.Explanation.Boosted;
import dev.spanthrift.agent.control.explain.Explanation.Decided;
import dev.spanthrift.agent.control.explain.Explanation.Tried;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.sampler.Whereabouts;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The answer in one sentence. */
final class VerdictWords {
  private VerdictWords() {}

  static String of(Decided decision) {
    return head(decision)
        + " by "
        + by(decision)
        + ": "
        + entry(decision)
        + ", "
        + decision.spans()
        + (decision.spans() == 1 ? " span" : " spans")
        + (decision.error() ? " with an error" : "")
        + "; "
        + draw(decision)
        + price(decision)
        + ".";
  }

  private static String head(Decided decision) {
    return switch (decision.outcome()) {
      case "kept" -> "Kept";
      case "dropped" -> "Dropped";
      default -> "Waits for the other sidecars, decided";
    };
  }

  private static String by(Decided decision) {
    if (decision.budget() != null) {
      return "the budget (" + decision.budget().traceClass() + ")";
    }
    if (decision.boost() != null) {
      return by(decision.boost());
    }
    for (Tried policy : decision.policies()) {
      if (policy.decides()) {
        return "policy " + policy.name();
      }
    }
    return Objects.requireNonNullElse(decision.reason(), "a rule that is not known any more");
  }

  /** By what it matches: its id says nothing to who reads of it for the first time. */
  private static String by(Boosted boost) {
    if (boost.id() == null) {
      return "a boost that is forgotten";
    }
    String reason = Objects.requireNonNullElse(boost.reason(), "");
    String why = reason.isEmpty() ? "" : ", because: " + reason;
    return "the boost of " + boost.words() + " (" + boost.id() + why + ")";
  }

  private static String entry(Decided decision) {
    return decision.operation() + (decision.service().isEmpty() ? "" : " of " + decision.service());
  }

  private static String draw(Decided decision) {
    Explanation.Draw draw = decision.draw();
    if (draw.inclusion() >= 1) {
      return "probability 1";
    }
    if (draw.threshold() == null || draw.inclusion() <= 0) {
      return "probability 0";
    }
    String sign = draw.randomness().compareTo(padded(draw.threshold())) >= 0 ? " ≥ " : " < ";
    return "probability "
        + Note.number(draw.inclusion())
        + ", randomness 0x"
        + draw.randomness()
        + sign
        + "threshold 0x"
        + draw.threshold();
  }

  private static String padded(String threshold) {
    return threshold + "0".repeat(Math.max(0, 14 - threshold.length()));
  }

  private static String price(Decided decision) {
    Explanation.Budget budget = decision.budget();
    return budget == null || budget.price() <= 0
        ? ""
        : "; the whole trace costs about " + budget.currency() + " " + Note.number(budget.price());
  }

  /** Of a trace of which no decision is in the log. */
  static Note of(Whereabouts where) {
    return switch (where.state()) {
      case WAITING -> Note.of(NoteCode.WAITS);
      case LIMBO -> Note.of(NoteCode.WAITS_FOR_OTHERS);
      case ABSENT ->
          switch (where.remembered()) {
            case KEPT -> Note.of(NoteCode.KEPT_FORGOTTEN);
            case DROPPED -> Note.of(NoteCode.DROPPED_FORGOTTEN);
            case NOTHING -> Note.of(NoteCode.NOT_SEEN);
          };
    };
  }

  /** Why nothing may be known of a trace. */
  static List<Note> reasons(@Nullable Long held, double hours) {
    return List.of(
        Note.of(NoteCode.SEEN_ELSEWHERE),
        Note.of(NoteCode.NOT_SAMPLED),
        held == null
            ? Note.of(NoteCode.NOT_NOTED)
            : new Note(NoteCode.BEFORE_THE_LAST, Map.of("decisions", held, "hours", hours)),
        Note.of(NoteCode.UNJUDGED),
        Note.of(NoteCode.NOT_ARRIVED));
  }
}
