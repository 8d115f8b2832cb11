package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.BudgetStatus;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.objects.PolicyStatus.RolloutStatus;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.stream.Assignment;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What objects mean and what their status should say: a function of the objects, of how the
 * sidecars are and of the time.
 *
 * <p>Replicas that do not hold the Lease serve by what the status says; the one that does moves it
 * on. Used by one thread.
 */
final class Reconciler {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /** How often the guard of a rollout looks. */
  static final Duration LOOK = Duration.ofSeconds(10);

  /** How long a watch may be behind what this replica wrote. */
  private static final Duration STALE = Duration.ofMinutes(1);

  /** How long fewer sidecars must have been there before a budget is divided into fewer parts. */
  static final Duration SHRINK = Duration.ofMinutes(5);

  private static final String UNREADABLE = "unreadable";
  private static final List<PolicyProblem> TOO_DEEP =
      List.of(new PolicyProblem("/spec/policies", "is nested too deep to be read", "fewer levels"));

  private final Map<String, Checked> checked = new HashMap<>();
  private final Map<String, Watched> watched = new HashMap<>();

  /** Budgets, by uid, for which fewer parts would do, and since when; anew with a new leader. */
  private final Map<String, Long> shrinking = new HashMap<>();

  private final LongSupplier nanos;
  private final AtomicLong unreadable = new AtomicLong();

  /** Problems of one content, found once. */
  private record Checked(String of, List<PolicyProblem> problems) {}

  /**
   * Nothing is known yet.
   *
   * @param nanos by which durations are measured: a wall clock may be set, forward over the whole
   *     of a step that was to be watched, or back
   */
  Reconciler(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * What the guard of a rollout remembers; begins anew with a new leader.
   *
   * @param stepBegan by {@link #nanos}
   */
  private record Watched(String hash, int step, long stepBegan, int suspicions, long lastLook) {
    boolean isOf(RolloutStatus at) {
      return hash.equals(at.hash()) && step == at.step();
    }

    boolean isAheadOf(RolloutStatus at) {
      return hash.equals(at.hash()) && step > at.step();
    }
  }

  /** An object as it is to be served, and what its status should say. */
  record PolicyResult(Known.Policy known, PolicyStatus status) {}

  /** The same of a budget; none to be served when it never could be used. */
  record BudgetResult(Known.@Nullable Money known, BudgetStatus status) {}

  /** Forgets what is remembered of objects that are gone. */
  void retain(Set<String> uids) {
    checked.keySet().retainAll(uids);
    watched.keySet().retainAll(uids);
    shrinking.keySet().retainAll(uids);
  }

  /** How often what a status says was applied could not be read; asked by any thread. */
  long unreadable() {
    return unreadable.get();
  }

  static String uid(HasMetadata object) {
    String uid = object.getMetadata().getUid();
    return uid == null ? ObjectKey.of(object).toString() : uid;
  }

  private List<PolicyProblem> problems(
      HasMetadata object, String content, java.util.function.Supplier<List<PolicyProblem>> check) {
    String uid = uid(object);
    Checked known = checked.get(uid);
    if (known == null || !known.of().equals(content)) {
      known = new Checked(content, check.get());
      checked.put(uid, known);
      if (!known.problems().isEmpty()) {
        log.warn("{} cannot be used: {}", ObjectKey.of(object), known.problems());
      }
    }
    return known.problems();
  }

  /**
   * Reconciles a policy.
   *
   * @param fleet null on a replica that only serves
   */
  PolicyResult policy(
      CustomResource<PolicySpec, PolicyStatus> object, @Nullable FleetSummary fleet, Instant now) {
    ObjectKey key = ObjectKey.of(object);
    PolicySpec spec =
        Objects.requireNonNullElse(
            object.getSpec(), new PolicySpec(null, null, null, null, null, null, null));
    PolicyStatus before = Objects.requireNonNullElse(object.getStatus(), PolicyStatus.NONE);
    Long generation = object.getMetadata().getGeneration();
    Variant<PolicySpec> wanted = variant(spec, generation == null ? 0 : generation);
    List<PolicyProblem> problems =
        problems(
            object,
            wanted.hash() + spec.rollout(),
            () ->
                wanted.hash().equals(UNREADABLE) ? TOO_DEEP : ObjectCheck.check(key.name(), spec));
    Variant<PolicySpec> applied = applied(key, before);
    Course course =
        problems.isEmpty()
            ? course(
                key, uid(object), spec.rollout(), wanted, applied, before.rollout(), fleet, now)
            : new Course(applied, null, 0, before.rollout());
    Known.Policy known =
        new Known.Policy(key, uid(object), course.stable(), course.candidate(), course.percent());
    if (fleet == null) {
      return new PolicyResult(known, before);
    }
    return new PolicyResult(
        known, status(key, before, generation, problems, wanted, course, fleet, now));
  }

  private static Variant<PolicySpec> variant(PolicySpec spec, long generation) {
    try {
      return Variant.of(spec, generation);
    } catch (KubernetesClientException | JacksonException e) { // deeper than our own readers go
      return new Variant<>(generation, UNREADABLE, "", spec);
    }
  }

  private @Nullable Variant<PolicySpec> applied(ObjectKey key, PolicyStatus before) {
    PolicyStatus.Applied applied = before.applied();
    if (applied == null) {
      return null;
    }
    try {
      return Variant.ofPolicy(applied);
    } catch (RuntimeException e) {
      unreadable.incrementAndGet();
      log.warn("{}: status.applied cannot be read and is not used: {}", key, e.toString());
      return null;
    }
  }

  /** Which pods get what, and how far the rollout is. */
  private record Course(
      @Nullable Variant<PolicySpec> stable,
      @Nullable Variant<PolicySpec> candidate,
      int percent,
      @Nullable RolloutStatus rollout) {}

  private Course course(
      ObjectKey key,
      String uid,
      PolicySpec.@Nullable Rollout rollout,
      Variant<PolicySpec> wanted,
      @Nullable Variant<PolicySpec> applied,
      @Nullable RolloutStatus at,
      @Nullable FleetSummary fleet,
      Instant now) {
    if (applied != null && applied.hash().equals(wanted.hash())) {
      boolean ofThis = at != null && at.hash().equals(wanted.hash());
      // Somebody took a change back that was under way or stopped.
      return new Course(wanted, null, 0, ofThis ? at : null);
    }
    if (rollout == null) {
      return new Course(wanted, null, 0, null);
    }
    boolean ofThis = at != null && at.hash().equals(wanted.hash());
    RolloutStatus status = ofThis ? at : null;
    if (fleet != null) {
      status = moved(key, uid, rollout, wanted, applied, status, fleet, now);
    }
    if (status == null || status.phase().equals(RolloutStatus.STOPPED)) {
      return new Course(applied, null, 0, status == null ? at : status);
    }
    return status.phase().equals(RolloutStatus.COMPLETED)
        ? new Course(wanted, null, 0, status)
        : new Course(applied, wanted, status.percent(), status);
  }

  private RolloutStatus moved(
      ObjectKey key,
      String uid,
      PolicySpec.Rollout rollout,
      Variant<PolicySpec> wanted,
      @Nullable Variant<PolicySpec> applied,
      @Nullable RolloutStatus at,
      FleetSummary fleet,
      Instant now) {
    if (at != null && !at.phase().equals(RolloutStatus.PROGRESSING)) {
      return at;
    }
    Watched memory = watched.get(uid);
    long tick = nanos.getAsLong();
    if (at == null) {
      log.info("{}: a rollout of {} begins", key, wanted.hash());
      RolloutStatus first = Rollouts.begin(rollout, wanted.hash(), now).status();
      watched.put(uid, new Watched(wanted.hash(), first.step(), tick, 0, tick));
      return first;
    }
    if (memory != null && memory.isAheadOf(at) && tick - memory.lastLook() < STALE.toNanos()) {
      return at; // the watch has not brought yet what this replica wrote
    }
    if (memory == null || !memory.isOf(at)) {
      // Another replica led until now: what it wrote by its clock is all there is.
      long passed = Rollouts.passed(rollout, at, now).toNanos();
      memory = new Watched(wanted.hash(), at.step(), tick - passed, 0, tick);
      watched.put(uid, memory);
    }
    if (tick - memory.lastLook() < LOOK.toNanos()) {
      return at;
    }
    if (fleet.cut()) {
      return Rollouts.waiting(at, "a replica has more sidecars than its summary can tell of");
    }
    FleetSummary.Part changed = fleet.part(Assignment.part(key, wanted.hash()));
    FleetSummary.Part unchanged =
        applied == null ? FleetSummary.Part.NONE : fleet.part(Assignment.part(key, applied.hash()));
    Duration watchedFor = Duration.ofNanos(tick - memory.stepBegan());
    Rollouts.Look look =
        Rollouts.look(rollout, at, memory.suspicions(), changed, unchanged, watchedFor, now);
    long began = memory.isOf(look.status()) ? memory.stepBegan() : tick;
    watched.put(
        uid, new Watched(wanted.hash(), look.status().step(), began, look.suspicions(), tick));
    if (!look.status().phase().equals(at.phase()) || look.status().step() != at.step()) {
      log.info("{}: rollout of {}: {}", key, wanted.hash(), look.status().reason());
    }
    return look.status();
  }

  private static PolicyStatus status(
      ObjectKey key,
      PolicyStatus before,
      @Nullable Long generation,
      List<PolicyProblem> problems,
      Variant<PolicySpec> wanted,
      Course course,
      FleetSummary fleet,
      Instant now) {
    Variant<PolicySpec> stable = course.stable();
    Variant<PolicySpec> candidate = course.candidate();
    Variant<PolicySpec> told = candidate != null ? candidate : stable;
    FleetSummary.Part own = part(fleet, key, told);
    FleetSummary.Part others =
        candidate == null ? FleetSummary.Part.NONE : part(fleet, key, stable);
    Conditions conditions =
        new Conditions(before.conditions(), generation, now).accepted(problems, stable != null);
    RolloutStatus rollout = course.rollout();
    if (candidate != null && rollout != null) {
      conditions.inForce(false, "RollingOut", Objects.requireNonNullElse(rollout.reason(), ""));
    } else if (stable == null || !stable.hash().equals(wanted.hash())) {
      if (problems.isEmpty() && rollout != null && rollout.phase().equals(RolloutStatus.STOPPED)) {
        String why = Objects.requireNonNullElse(rollout.reason(), "");
        conditions.inForce(false, "RolloutStopped", why);
      } else {
        conditions.inForce(false, "NotAccepted", "");
      }
    } else {
      inForce(conditions, own);
    }
    return new PolicyStatus(
        generation,
        told == null ? null : told.hash(),
        own.running(),
        own.matched() + others.matched(),
        conditions.list(),
        stable == null ? null : stable.applied(),
        rollout,
        own.traffic().plus(others.traffic()));
  }

  private static void inForce(Conditions conditions, FleetSummary.Part own) {
    String counts = own.running() + " of " + own.matched() + " sidecars run it";
    if (own.refused() > 0) {
      conditions.inForce(false, "Refused", counts + ", " + own.refused() + " cannot use it");
    } else if (own.running() < own.matched()) {
      conditions.inForce(false, "Delivering", "not all sidecars run it yet");
    } else {
      conditions.inForce(true, own.matched() == 0 ? "NoSidecars" : "Delivered", "");
    }
  }

  private static FleetSummary.Part part(
      FleetSummary fleet, ObjectKey key, @Nullable Variant<?> variant) {
    return variant == null
        ? FleetSummary.Part.NONE
        : fleet.part(Assignment.part(key, variant.hash()));
  }

  /** Reconciles a budget; {@code fleet} as above. */
  BudgetResult budget(SamplingBudget object, @Nullable FleetSummary fleet, Instant now) {
    ObjectKey key = ObjectKey.of(object);
    BudgetStatus before = Objects.requireNonNullElse(object.getStatus(), BudgetStatus.NONE);
    Long generation = object.getMetadata().getGeneration();
    BudgetSpec spec = object.getSpec();
    Variant<BudgetSpec> variant =
        spec == null || spec.amount() == null
            ? null
            : Variant.of(spec, generation == null ? 0 : generation);
    List<PolicyProblem> problems =
        variant == null
            ? List.of(new PolicyProblem("/spec/amount", "is missing", "money for one period"))
            : problems(object, variant.hash(), () -> ObjectCheck.check(key.name(), spec));
    Variant<BudgetSpec> inForce = problems.isEmpty() ? variant : appliedBudget(key, before);
    FleetSummary.Part part = fleet == null ? FleetSummary.Part.NONE : part(fleet, key, inForce);
    int was = before.parts() == null ? 1 : before.parts();
    int parts = fleet == null ? was : settled(uid(object), parts(part.matched(), was), was);
    if (fleet == null || fleet.cut()) {
      shrinking.remove(uid(object)); // nobody knows how many there are
      parts = Math.max(parts, was);
    }
    Known.Money known = inForce == null ? null : new Known.Money(key, inForce, parts);
    if (fleet == null) {
      return new BudgetResult(known, before);
    }
    Conditions conditions =
        new Conditions(before.conditions(), generation, now).accepted(problems, inForce != null);
    if (inForce == null || !problems.isEmpty()) {
      conditions.inForce(false, "NotAccepted", "");
    } else if (!inForce.spec().isEnforced()) {
      conditions.inForce(false, "Shadow", "mode is shadow: no sidecar is limited by it");
    } else {
      inForce(conditions, part);
    }
    return new BudgetResult(
        known,
        new BudgetStatus(
            generation,
            inForce == null ? null : inForce.hash(),
            part.running(),
            part.matched(),
            inForce != null && inForce.spec().isSplit() ? parts : 1,
            part.spentOf(),
            conditions.list(),
            inForce == null ? null : inForce.applied()));
  }

  private @Nullable Variant<BudgetSpec> appliedBudget(ObjectKey key, BudgetStatus before) {
    PolicyStatus.Applied applied = before.applied();
    if (applied == null) {
      return null;
    }
    try {
      return Variant.ofBudget(applied);
    } catch (RuntimeException e) {
      unreadable.incrementAndGet();
      log.warn("{}: status.applied cannot be read and is not used: {}", key, e.toString());
      return null;
    }
  }

  /**
   * More parts at once, so that the budget holds; fewer only when fewer would have done for a
   * while. Sidecars that lost their replica come back over half a minute, and run what they were
   * told until then: counting them out at once would give each that is back the others' money.
   */
  private int settled(String uid, int parts, int before) {
    if (parts >= before) {
      shrinking.remove(uid);
      return parts;
    }
    long now = nanos.getAsLong();
    if (now - shrinking.computeIfAbsent(uid, u -> now) < SHRINK.toNanos()) {
      return before;
    }
    shrinking.remove(uid);
    return parts;
  }

  /**
   * Into how many parts a budget is divided: never fewer than there are sidecars, so that it holds;
   * with some room above ten, so that not every pod that comes or goes changes everybody's.
   */
  static int parts(int sidecars, int before) {
    int exact = Math.max(1, sidecars);
    boolean fits = before >= exact && before <= (exact * 5 + 3) / 4;
    return fits ? before : exact <= 10 ? exact : (exact * 11 + 9) / 10;
  }

  /** Whether a status says something new that should not wait; counts and traffic may. */
  static boolean isNews(PolicyStatus before, PolicyStatus after) {
    return !Objects.equals(before.observedGeneration(), after.observedGeneration())
        || !Objects.equals(before.hash(), after.hash())
        || !Objects.equals(before.applied(), after.applied())
        || !sameConditions(before.conditions(), after.conditions())
        || !sameRollout(before.rollout(), after.rollout());
  }

  static boolean isNews(BudgetStatus before, BudgetStatus after) {
    return !Objects.equals(before.observedGeneration(), after.observedGeneration())
        || !Objects.equals(before.hash(), after.hash())
        || !Objects.equals(before.parts(), after.parts())
        || !Objects.equals(before.applied(), after.applied())
        || !sameConditions(before.conditions(), after.conditions());
  }

  private static boolean sameRollout(@Nullable RolloutStatus one, @Nullable RolloutStatus other) {
    return one == null || other == null
        ? one == other
        : one.hash().equals(other.hash())
            && one.phase().equals(other.phase())
            && one.step() == other.step();
  }

  private static boolean sameConditions(
      @Nullable List<Condition> one, @Nullable List<Condition> other) {
    Set<String> first = new HashSet<>();
    Set<String> second = new HashSet<>();
    if (one != null) {
      one.forEach(c -> first.add(c.getType() + c.getStatus() + c.getReason()));
    }
    if (other != null) {
      other.forEach(c -> second.add(c.getType() + c.getStatus() + c.getReason()));
    }
    return first.equals(second);
  }
}
