package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.PolicyCounter.Effect;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.question.Compiler;
import dev.spanthrift.sampler.policy.question.Expression;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy document, compiled: ordered rules, the first that matches decides.
 *
 * <p>Questions about spans become fact bits. They are asked once, when a span arrives ({@link
 * Observer}), and or-ed into its fragment's facts, so that deciding needs no payload. Immutable but
 * for its counters and rates; several versions live at once, and a fragment keeps the version that
 * saw its first span. {@link #decide} may be called from any thread.
 */
public final class PolicySet {
  /** The reason where no policy matched. */
  public static final String FALLBACK_REASON = "default";

  /** Policies in one document. */
  public static final int POLICIES_MAX = 1000;

  private final PolicyDocument document;
  private final Compiler compiler;
  private final CompiledPolicy[] policies;
  private final CompiledPolicy fallback;
  private final int factWords;
  private final List<PolicyProblem> warnings;

  private PolicySet(PolicyDocument document, @Nullable PolicySet previous) {
    this.document = document;
    compiler = new Compiler();
    List<CompiledPolicy> compiled = new ArrayList<>();
    for (Policy policy : document.policies()) {
      Expression match = compiler.compile(policy.match());
      compiled.add(CompiledPolicy.of(policy, match, known(policy, previous)));
    }
    policies = compiled.toArray(CompiledPolicy[]::new);
    fallback = fallback(document, previous);
    factWords = compiler.words();
    warnings = Reachability.problems(document);
  }

  private static CompiledPolicy fallback(PolicyDocument document, @Nullable PolicySet previous) {
    Policy policy = new Policy(FALLBACK_REASON, Condition.ALWAYS, document.fallback());
    CompiledPolicy same =
        previous != null && previous.fallback.policy().equals(policy) ? previous.fallback : null;
    return CompiledPolicy.of(policy, (facts, offset, fragment) -> true, same);
  }

  private static @Nullable CompiledPolicy known(Policy policy, @Nullable PolicySet previous) {
    if (previous != null) {
      for (CompiledPolicy candidate : previous.policies) {
        if (candidate.policy().equals(policy)) {
          return candidate;
        }
      }
    }
    return null;
  }

  /**
   * Compiles a document.
   *
   * @throws InvalidPolicyException with everything that is wrong with it
   */
  public static PolicySet compile(PolicyDocument document) {
    return compile(document, null);
  }

  /**
   * Compiles the successor of a set: policies that did not change go on with their rates and
   * counts.
   *
   * @throws InvalidPolicyException with everything that is wrong with it
   */
  public static PolicySet compile(PolicyDocument document, @Nullable PolicySet previous) {
    List<PolicyProblem> problems = Validator.problems(document);
    if (!problems.isEmpty()) {
      throw new InvalidPolicyException(problems);
    }
    return new PolicySet(document, previous);
  }

  public PolicyDocument document() {
    return document;
  }

  /** Rules that can never fire: legal, but nearly always a mistake. */
  public List<PolicyProblem> warnings() {
    return warnings;
  }

  /** Longs of facts that each fragment needs; 0 when no policy asks anything about spans. */
  public int factWords() {
    return factWords;
  }

  /** A new observer, for one thread. */
  public Observer observer() {
    return new Observer(compiler);
  }

  /**
   * Decides one fragment.
   *
   * @param facts what {@link Observer#observe} gathered, {@link #factWords} longs from {@code
   *     offset}
   * @param nowNanos of any clock that all calls share, in nanoseconds; for rates
   * @param out filled with the answer
   */
  public void decide(Fragment fragment, long[] facts, int offset, long nowNanos, Decision out) {
    decide(fragment, facts, offset, nowNanos, FleetRates.ALONE, out);
  }

  /** The same in a fleet, where a rate may be its. */
  public void decide(
      Fragment fragment, long[] facts, int offset, long nowNanos, FleetRates rates, Decision out) {
    out.begin();
    CompiledPolicy deciding = fallback;
    int index = Decision.FALLBACK;
    for (int i = 0; i < policies.length; i++) {
      CompiledPolicy policy = policies[i];
      if (policy.match().test(facts, offset, fragment)) {
        if (!policy.policy().shadow()) {
          deciding = policy;
          index = i;
          break;
        }
        out.addShadow(i);
      }
    }
    deciding.apply(fragment, nowNanos, rates, out);
    out.set(index, deciding.policy().name());
    Effect effect = effect(fragment, out);
    deciding.counter().add(effect, fragment);
    if (out.shadowCount() > 0) {
      countShadows(fragment, nowNanos, rates, effect, out);
    }
  }

  /**
   * Corrects the count of a keep that {@link #decide} has just given: there was no money for it in
   * the policies' share, and the budget decides; so no shadow would have dropped what was kept.
   */
  public void countOverShare(Fragment fragment, Decision decided) {
    int index = decided.policy();
    CompiledPolicy deciding = index == Decision.FALLBACK ? fallback : policies[index];
    deciding.counter().move(Effect.KEPT, Effect.OVER_SHARE, fragment);
    for (int i = 0; i < decided.shadowCount(); i++) {
      if (decided.isLess(i)) {
        policies[decided.shadow(i)].counter().takeBack(Effect.LESS, fragment);
      }
    }
  }

  /**
   * Asks every policy again, without counting: for explanations.
   *
   * @param facts as the observers of this set gathered them
   */
  public List<PolicyTrial> trials(Fragment fragment, long[] facts) {
    List<PolicyTrial> trials = new ArrayList<>();
    boolean decided = false;
    for (CompiledPolicy policy : policies) {
      PolicyTrial.Answer answer = answer(policy.policy().match(), fragment, facts);
      boolean decides = !decided && answer.holds() && !policy.policy().shadow();
      trials.add(new PolicyTrial(policy.policy(), decides, answer));
      decided |= decides;
    }
    PolicyTrial.Answer always = new PolicyTrial.Answer(Condition.ALWAYS, true, List.of());
    trials.add(new PolicyTrial(fallback.policy(), !decided, always));
    return trials;
  }

  private PolicyTrial.Answer answer(Condition condition, Fragment fragment, long[] facts) {
    List<Condition> parts =
        switch (condition) {
          case Condition.All all -> all.conditions();
          case Condition.Any any -> any.conditions();
          case Condition.Not not -> List.of(not.condition());
          case Condition.SameSpan same -> List.of();
          case Condition.OfSpan ofSpan -> List.of();
          case Condition.OfTrace ofTrace -> List.of();
        };
    boolean holds = compiler.compile(condition).test(facts, 0, fragment);
    return new PolicyTrial.Answer(
        condition, holds, parts.stream().map(part -> answer(part, fragment, facts)).toList());
  }

  private void countShadows(
      Fragment fragment, long nowNanos, FleetRates rates, Effect real, Decision decided) {
    Decision wouldBe = decided.scratch();
    for (int i = 0; i < decided.shadowCount(); i++) {
      CompiledPolicy shadow = policies[decided.shadow(i)];
      shadow.apply(fragment, nowNanos, rates, wouldBe);
      Effect would = effect(fragment, wouldBe);
      shadow.counter().add(would, fragment);
      if (would == Effect.KEPT && real == Effect.DROPPED) {
        shadow.counter().add(Effect.MORE, fragment);
      } else if (would == Effect.DROPPED && real == Effect.KEPT) {
        shadow.counter().add(Effect.LESS, fragment);
        decided.markLess(i);
      }
    }
  }

  private static Effect effect(Fragment fragment, Decision decision) {
    return switch (decision.outcome()) {
      case KEEP -> Effect.KEPT;
      case DROP -> Effect.DROPPED;
      case BUDGET -> Effect.LEFT_TO_BUDGET;
      case PROBABILITY ->
          fragment.randomness() >= decision.threshold(fragment.trustedUpstreamThreshold())
              ? Effect.KEPT
              : Effect.DROPPED;
    };
  }

  /** What each policy did, in order; the fallback comes last. */
  public List<PolicyCounts> counts() {
    List<PolicyCounts> counts = new ArrayList<>();
    for (CompiledPolicy policy : policies) {
      counts.add(policy.counter().read(policy.policy().name(), policy.policy().shadow()));
    }
    counts.add(fallback.counter().read(FALLBACK_REASON, false));
    return counts;
  }
}
