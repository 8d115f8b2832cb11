package dev.spanthrift.agent.control.recommendation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Note;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A change of one rule with its effect.
 *
 * @param verb add, keep, remove or update
 * @param rule as it would stand in the policy; missing where it goes
 * @param confidence low, medium or high: by how much the recording covers
 * @param state open or dismissed
 * @param notes title and why, by code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Recommendation(
    String id,
    String verb,
    String title,
    String why,
    int place,
    @Nullable JsonNode rule,
    Effect effect,
    String confidence,
    String state,
    List<Note> notes) {
  /**
   * By the recording; of what is kept, the effect of taking it away.
   *
   * @param spendPerMonth what it adds to the spending of a month; below zero: saves
   * @param spendPerMonthNow at the pace of the recording
   * @param keptTracesShare change of the share of traces that is kept
   * @param errorTracesLost in the recording; below zero: so many more are kept
   * @param signaturesLost kinds of error of which nothing would be kept any more
   * @param worstError largest relative error of an operation's estimates with it; −1 where nothing
   *     can be said
   */
  record Effect(
      double spendPerMonth,
      double spendPerMonthNow,
      double keptTracesShare,
      long errorTracesLost,
      long signaturesLost,
      double worstError) {}

  Recommendation dismissed(boolean is) {
    return new Recommendation(
        id, verb, title, why, place, rule, effect, confidence, is ? "dismissed" : "open", notes);
  }

  /** All of them. */
  record Page(
      List<Recommendation> recommendations,
      long policyVersion,
      double seconds,
      long spans,
      Instant at,
      String currency,
      List<String> remarks,
      List<Note> notes) {
    Page with(List<Recommendation> others) {
      return new Page(others, policyVersion, seconds, spans, at, currency, remarks, notes);
    }
  }
}
