package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.control.http.Durations;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus.RolloutStatus;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a change may go. A step is left when its time is over and the guard saw nothing in two
 * looks running; what the guard sees in two looks running stops the rollout, and all pods go back.
 * Only a new content begins another one.
 */
final class Rollouts {
  private static final Duration BAKE = Duration.ofMinutes(10);
  private static final double ERROR_SHARE_MAX = 0.05;
  private static final double SPEND_FACTOR_MAX = 2;

  /** Below that nobody can say what is usual: a share of hardly anything. */
  private static final double SPANS_PER_SECOND_MIN = 1;

  private static final int LOOKS = 2;

  private Rollouts() {}

  /**
   * How it stands after a look.
   *
   * @param suspicions looks running in which the guard saw something
   */
  record Look(RolloutStatus status, int suspicions) {}

  static Look begin(PolicySpec.Rollout rollout, String hash, Instant now) {
    return new Look(step(rollout, hash, 1, now, "step 1 has begun"), 0);
  }

  private static RolloutStatus step(
      PolicySpec.Rollout rollout, String hash, int step, Instant now, String reason) {
    List<Integer> steps = rollout.steps();
    boolean last = step > steps.size();
    return new RolloutStatus(
        hash,
        last ? RolloutStatus.COMPLETED : RolloutStatus.PROGRESSING,
        step,
        last ? 100 : steps.get(step - 1),
        now.toString(),
        0,
        reason);
  }

  /**
   * Looks at one that is under way.
   *
   * @param changed the sidecars that are to run the change
   * @param unchanged the others of this object
   * @param watchedFor how long the step has lasted, whatever the clock was set to meanwhile
   */
  static Look look(
      PolicySpec.Rollout rollout,
      RolloutStatus at,
      int suspicions,
      FleetSummary.Part changed,
      FleetSummary.Part unchanged,
      Duration watchedFor,
      Instant now) {
    String wrong = wrong(rollout.guard(), changed, unchanged);
    if (wrong != null) {
      int seen = suspicions + 1;
      return seen < LOOKS
          ? new Look(with(at, changed.running(), "looked at again: " + wrong), seen)
          : new Look(stopped(at, changed.running(), now, wrong), seen);
    }
    Duration left = bake(rollout).minus(watchedFor);
    if (suspicions > 0 || left.isPositive() || changed.running() < changed.matched()) {
      return new Look(with(at, changed.running(), waiting(rollout, at, changed, left)), 0);
    }
    int next = at.step() + 1;
    String reason =
        next > rollout.steps().size()
            ? "all pods have it"
            : "step " + next + " has begun, the guard saw nothing in step " + at.step();
    return new Look(step(rollout, at.hash(), next, now, reason), 0);
  }

  /** How long a step that another replica began has lasted: no less than nothing, by its clock. */
  static Duration passed(PolicySpec.Rollout rollout, RolloutStatus at, Instant now) {
    Duration passed = Duration.between(Instant.parse(at.since()), now);
    Duration bake = bake(rollout);
    return passed.isNegative() ? Duration.ZERO : passed.compareTo(bake) > 0 ? bake : passed;
  }

  /** In the same words as long as the step lasts, because each change of a status is written. */
  private static String waiting(
      PolicySpec.Rollout rollout, RolloutStatus at, FleetSummary.Part changed, Duration left) {
    return left.isPositive()
        ? "step " + at.step() + " is watched until " + Instant.parse(at.since()).plus(bake(rollout))
        : "step "
            + at.step()
            + " waits for "
            + (changed.matched() - changed.running())
            + " sidecars that do not run it yet";
  }

  private static Duration bake(PolicySpec.Rollout rollout) {
    return Durations.parse(rollout.bake()).orElse(BAKE);
  }

  /** The same, for the guard cannot look now. */
  static RolloutStatus waiting(RolloutStatus at, String why) {
    return with(at, at.sidecars(), "step " + at.step() + " waits: " + why);
  }

  private static RolloutStatus with(RolloutStatus at, int sidecars, String reason) {
    return new RolloutStatus(
        at.hash(), at.phase(), at.step(), at.percent(), at.since(), sidecars, reason);
  }

  private static RolloutStatus stopped(RolloutStatus at, int sidecars, Instant now, String wrong) {
    return new RolloutStatus(
        at.hash(),
        RolloutStatus.STOPPED,
        at.step(),
        0,
        now.toString(),
        sidecars,
        "stopped in step "
            + at.step()
            + " at "
            + at.percent()
            + " % of the pods: "
            + wrong
            + "; all pods have what they had before; change the object to try again");
  }

  /** What the guard sees, in words; null: nothing. */
  private static @Nullable String wrong(
      PolicySpec.@Nullable Guard guard, FleetSummary.Part changed, FleetSummary.Part unchanged) {
    if (changed.refused() > 0) {
      return changed.refused() + " of " + changed.matched() + " sidecars cannot use it";
    }
    double most =
        Objects.requireNonNullElse(guard == null ? null : guard.errorShareMax(), ERROR_SHARE_MAX);
    double share = changed.failedPerSecond() / Math.max(changed.spansPerSecond(), 1e-9);
    if (changed.spansPerSecond() >= SPANS_PER_SECOND_MIN && share > most) {
      return String.format(
          Locale.ROOT,
          "%.1f %% of the spans of its sidecars could not be delivered, above errorShareMax of"
              + " %.1f %%",
          share * 100,
          most * 100);
    }
    double factorMax =
        Objects.requireNonNullElse(guard == null ? null : guard.spendFactorMax(), SPEND_FACTOR_MAX);
    if (changed.running() > 0 && unchanged.running() > 0 && unchanged.spentPerHour() > 0) {
      double own = changed.spentPerHour() / changed.running();
      double theirs = unchanged.spentPerHour() / unchanged.running();
      if (own > factorMax * theirs) {
        return String.format(
            Locale.ROOT,
            "its sidecars spend %.4g an hour each, %.1f times the %.4g of those without it, above"
                + " spendFactorMax of %.1f",
            own,
            own / theirs,
            theirs,
            factorMax);
      }
    }
    return null;
  }
}
