package dev.spanthrift.agent.control.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.boost.BoostMatch;
import dev.spanthrift.agent.control.http.Note;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why a trace was kept or dropped here.
 *
 * @param verdict the answer in one sentence
 * @param verdictNote the same by code, where no decision is known that it could be made from
 * @param state {@code decided}, {@code waiting}, {@code limbo}, {@code remembered} (the decision is
 *     known, what it was made from is forgotten) or {@code unknown}
 * @param held spans that wait here; missing when none does
 * @param decisions about this trace, the oldest first: one for each fragment
 * @param otherwise what other policies and other money would have made of the last one
 * @param reasons why nothing may be known of it
 * @param notes the same by code
 * @param backend where the backend shows it; missing where nobody has said, or all was dropped here
 *     or waits
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Explanation(
    String traceId,
    String verdict,
    @Nullable Note verdictNote,
    String state,
    @Nullable Held held,
    List<Decided> decisions,
    List<Otherwise> otherwise,
    List<String> reasons,
    List<Note> notes,
    @Nullable URI backend) {
  /** Spans that wait. */
  record Held(int spans, long bytes, double seconds) {}

  /**
   * One decision.
   *
   * @param outcome {@code kept}, {@code dropped}, or {@code limbo}
   * @param reason as it is counted in the status; missing in limbo
   * @param service of the entry: the local root that took longest
   * @param duration seconds from the earliest start to the latest end
   * @param policies in their order, up to the one that decided and beyond; empty when that version
   *     is no longer known
   * @param boost missing where none decided
   * @param budget missing where a policy decided
   * @param draw probability against the trace's randomness
   * @param destinations where its spans went; empty when they were dropped
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Decided(
      long number,
      Instant at,
      String outcome,
      @Nullable String reason,
      String service,
      String operation,
      int spans,
      long bytes,
      double duration,
      boolean error,
      boolean rooted,
      long policyVersion,
      List<Tried> policies,
      @Nullable Boosted boost,
      @Nullable Budget budget,
      Draw draw,
      List<String> destinations) {}

  /**
   * What one policy said.
   *
   * @param decides whether it is the one that decided
   */
  record Tried(
      String name,
      boolean shadow,
      JsonNode action,
      boolean matched,
      boolean decides,
      Answer conditions) {
    /** The same where something else has decided before it was asked. */
    Tried undecided() {
      return new Tried(name, shadow, action, matched, false, conditions);
    }
  }

  /**
   * The boost that decided.
   *
   * @param id missing, like what follows, when that boost is forgotten
   * @param words what it matches
   * @param reason why somebody wanted it; empty where nobody said
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Boosted(
      @Nullable String id,
      @Nullable BoostMatch match,
      @Nullable String words,
      @Nullable String reason) {
    static final Boosted FORGOTTEN = new Boosted(null, null, null, null);
  }

  /**
   * The answer to one condition.
   *
   * @param saw the value that it looked at, where that is of the trace as a whole
   * @param parts answers to what it is made of
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(
      JsonNode condition, boolean holds, @Nullable String saw, @Nullable List<Answer> parts) {}

  /**
   * What the budget said.
   *
   * @param traceClass error, slow, new, ordinary, or base when no class asked for more
   * @param price expected of the whole trace
   * @param level money that was there, in the same currency
   */
  record Budget(String traceClass, double price, double level, String currency) {}

  /**
   * The trace's randomness against the threshold.
   *
   * @param probability of its own
   * @param inclusion what kept spans carry: larger than its own where another sidecar told more
   * @param threshold th, hexadecimal; missing when nothing could pass
   * @param randomness 14 hexadecimal digits; kept when at least the threshold
   * @param upstream probability that the trace came with; 1 when it said nothing
   * @param written what stands in the trace state of kept spans; missing when it is left as it was
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Draw(
      double probability,
      double inclusion,
      @Nullable String threshold,
      String randomness,
      double upstream,
      @Nullable String written) {}

  /**
   * What something else would have made of it.
   *
   * @param under such as {@code policy version 3} or {@code 2.4 times the budget}
   * @param outcome {@code kept}, {@code dropped}, {@code budget} or {@code unknown}
   * @param notes under and why, by code
   * @param basis {@code rules}: policies were asked again; {@code recording}: the spans that came
   *     until then were played to a sampler with that budget; {@code approximation}: the
   *     probability changes as the money does. Missing where nothing can be said
   * @param probability that it would have had; missing where no budget would have been asked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Otherwise(
      String under,
      String outcome,
      String why,
      List<Note> notes,
      @Nullable String basis,
      @Nullable Double probability) {
    static final String RULES = "rules";
    static final String RECORDING = "recording";
    static final String APPROXIMATION = "approximation";

    private static Otherwise of(
        Note under,
        String outcome,
        Note why,
        @Nullable String basis,
        @Nullable Double probability) {
      return new Otherwise(
          under.text(), outcome, why.text(), List.of(under, why), basis, probability);
    }

    /** Of policies, which a budget has nothing to do with. */
    static Otherwise byRules(Note under, String outcome, Note why) {
      return of(under, outcome, why, RULES, null);
    }

    static Otherwise byBudget(
        Note under, boolean kept, Note why, String basis, @Nullable Double probability) {
      return of(under, kept ? "kept" : "dropped", why, basis, probability);
    }

    static Otherwise unknown(Note under, Note why) {
      return of(under, "unknown", why, null, null);
    }
  }
}
