package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import dev.spanthrift.kubernetes.objects.Traffic;
import dev.spanthrift.kubernetes.stream.Assignment;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rollouts in virtual time: the whole of the reconciler, a hundred sidecars that are figures. */
class RolloutsTest {
  private static final ObjectKey KEY = new ObjectKey("SamplingPolicy", "shop", "rules");
  private static final String OLD = "{mode: enforce, default: {probability: 0.1}";
  private static final String NEW = "{mode: enforce, default: {probability: 0.5}";
  private static final String ROLLOUT =
      ", rollout: {steps: [10, 50], bake: 5m, guard: {errorShareMax: 0.02, spendFactorMax: 3}}}";
  private static final int PODS = 100;

  private final Reconciler reconciler = reconciler();
  private final SamplingPolicy object = MockCluster.policy("shop", "rules", OLD + "}");
  private Instant now = Instant.parse("2026-11-30T12:00:00Z");

  /** By how much the wall clock was set. */
  private Duration clockSet = Duration.ZERO;

  private double failedShare;
  private double spendFactor = 1;
  private int refused;
  private int notRunning;
  private boolean cut;

  private Reconciler reconciler() {
    return new Reconciler(() -> TimeUnit.MILLISECONDS.toNanos(now.toEpochMilli()));
  }

  private Instant clock() {
    return now.plus(clockSet);
  }

  /** One look, with the sidecars as the last result left them. */
  private Reconciler.PolicyResult look() {
    Reconciler.PolicyResult result = reconciler.policy(object, fleet(), clock());
    object.setStatus(result.status());
    return result;
  }

  private FleetSummary fleet() {
    String wanted = hash(object.getSpec());
    PolicyStatus status = object.getStatus() == null ? PolicyStatus.NONE : object.getStatus();
    boolean rolling = status.rollout() != null && status.rollout().phase().equals("Progressing");
    Map<String, FleetSummary.Part> parts = new HashMap<>();
    int changed = rolling ? status.rollout().percent() * PODS / 100 : 0;
    if (rolling) {
      parts.put(
          Assignment.part(KEY, wanted),
          part(changed, failedShare, spendFactor, refused, notRunning));
    }
    if (status.applied() != null) {
      parts.put(Assignment.part(KEY, status.applied().hash()), part(PODS - changed, 0, 1, 0, 0));
    }
    return new FleetSummary(PODS, parts, Map.of(), cut);
  }

  private static FleetSummary.Part part(
      int pods, double failedShare, double spendFactor, int refused, int notRunning) {
    int running = Math.max(0, pods - refused - notRunning);
    double spans = running * 100.0;
    return new FleetSummary.Part(
        pods,
        running,
        refused,
        spans,
        spans * failedShare,
        running * 0.2 * spendFactor,
        0,
        Traffic.NONE);
  }

  private static String hash(PolicySpec spec) {
    return Variant.of(spec, 1).hash();
  }

  private PolicyStatus.RolloutStatus rollout() {
    return object.getStatus().rollout();
  }

  private void change() {
    look();
    object.setSpec(MockCluster.spec(NEW + ROLLOUT));
    look();
    assertEquals(10, rollout().percent());
  }

  private void pass(Duration time) {
    Instant until = now.plus(time);
    while (now.isBefore(until)) {
      now = now.plus(Reconciler.LOOK);
      look();
    }
  }

  /** The API server takes 10,000 levels; a reader that takes fewer ends the watch for everybody. */
  @Test
  void anObjectThatIsNestedDeeperThanWeReadIsNotAccepted() {
    String match = "{\"not\": ".repeat(1_500) + "{}" + "}".repeat(1_500);
    SamplingPolicy deep =
        new KubernetesSerialization(ObjectClient.mapper(), true)
            .unmarshal(
                "{\"apiVersion\": \"spanthrift.dev/v1alpha1\", \"kind\": \"SamplingPolicy\","
                    + " \"metadata\": {\"namespace\": \"bank\", \"name\": \"deep\", \"uid\":"
                    + " \"u\"}, \"spec\": {\"policies\": [{\"name\": \"a\", \"keep\": true,"
                    + " \"match\": "
                    + match
                    + "}]}}",
                SamplingPolicy.class);
    Reconciler.PolicyResult result = reconciler.policy(deep, FleetSummary.NONE, now);
    assertNull(result.known().stable());
    assertEquals("False", result.status().conditions().getFirst().getStatus());
  }

  @Test
  void doesNotMoveOnWhileSomeSidecarsAreNotCounted() {
    change();
    cut = true;
    pass(Duration.ofMinutes(20));
    assertEquals(1, rollout().step());
    assertTrue(rollout().reason().contains("summary"), rollout().reason());
    cut = false;
    pass(Duration.ofSeconds(30));
    assertEquals(2, rollout().step());
  }

  @Test
  void goesStepByStepAndIsInForceAfterTheLast() {
    change();
    String old = object.getStatus().applied().hash();
    pass(Duration.ofMinutes(4));
    assertEquals(1, rollout().step());
    assertTrue(rollout().reason().contains("is watched until"), rollout().reason());
    pass(Duration.ofMinutes(2));
    assertEquals(2, rollout().step());
    assertEquals(50, rollout().percent());
    assertEquals(old, object.getStatus().applied().hash());
    pass(Duration.ofMinutes(6));
    assertEquals("Completed", rollout().phase());
    assertEquals(hash(object.getSpec()), object.getStatus().applied().hash());
    assertNull(look().known().candidate());
  }

  @Test
  void errorsOfItsSidecarsStopItAndAllGoBack() {
    change();
    String old = object.getStatus().applied().hash();
    pass(Duration.ofMinutes(6));
    failedShare = 0.03;
    pass(Duration.ofSeconds(30));
    assertEquals("Stopped", rollout().phase());
    assertTrue(
        rollout().reason().startsWith("stopped in step 2 at 50 % of the pods: 3.0 % of the spans"),
        rollout().reason());
    Known.Policy known = look().known();
    assertNull(known.candidate());
    assertEquals(old, known.stable().hash());
    // It does not begin again by itself, whatever time passes.
    failedShare = 0;
    pass(Duration.ofHours(2));
    assertEquals("Stopped", rollout().phase());
    object.setSpec(MockCluster.spec("{mode: enforce, default: {probability: 0.4}" + ROLLOUT));
    look();
    assertEquals("Progressing", rollout().phase());
    assertEquals(1, rollout().step());
  }

  @Test
  void spendingFarAboveThatOfTheOthersStopsIt() {
    change();
    spendFactor = 2.9;
    pass(Duration.ofMinutes(2));
    assertEquals("Progressing", rollout().phase());
    spendFactor = 3.2;
    pass(Duration.ofSeconds(30));
    assertEquals("Stopped", rollout().phase());
    assertTrue(rollout().reason().contains("3.2 times the 0.2000"), rollout().reason());
  }

  @Test
  void oneLookAloneStopsNothing() {
    change();
    failedShare = 0.5;
    now = now.plus(Reconciler.LOOK);
    look();
    assertEquals("Progressing", rollout().phase());
    assertTrue(rollout().reason().startsWith("looked at again: "), rollout().reason());
    failedShare = 0;
    pass(Duration.ofMinutes(1));
    assertEquals("Progressing", rollout().phase());
  }

  @Test
  void waitsForSidecarsThatDoNotRunItYet() {
    change();
    notRunning = 2;
    pass(Duration.ofMinutes(20));
    assertEquals(1, rollout().step());
    assertTrue(rollout().reason().contains("waits for 2 sidecars"), rollout().reason());
    notRunning = 0;
    pass(Duration.ofSeconds(20));
    assertEquals(2, rollout().step());
  }

  @Test
  void takingTheChangeBackEndsIt() {
    change();
    String old = object.getStatus().applied().hash();
    object.setSpec(MockCluster.spec(OLD + ROLLOUT));
    Reconciler.PolicyResult back = look();
    assertNull(back.status().rollout());
    assertNull(back.known().candidate());
    assertEquals(old, back.known().stable().hash());
  }

  @Test
  void aReplicaThatOnlyServesFollowsTheStatusAndAnotherLeaderGoesOn() {
    change();
    Known.Policy served = reconciler().policy(object, null, clock()).known();
    assertEquals(10, served.percent());
    assertEquals(hash(object.getSpec()), served.candidate().hash());
    Reconciler next = reconciler();
    for (int i = 0; i < 40; i++) {
      now = now.plus(Reconciler.LOOK);
      object.setStatus(next.policy(object, fleet(), clock()).status());
    }
    assertEquals(2, rollout().step());
  }

  /** It then still shows the step before, as if another replica had led until now. */
  @Test
  void aWatchThatIsBehindDoesNotMakeTheLeaderForgetWhenItsStepBegan() {
    change();
    pass(Duration.ofMinutes(5));
    PolicyStatus before = object.getStatus();
    pass(Duration.ofSeconds(10));
    assertEquals(2, rollout().step());
    PolicyStatus written = object.getStatus();
    object.setStatus(before);
    look();
    clockSet = Duration.ofHours(1);
    object.setStatus(written);
    pass(Duration.ofMinutes(4));
    assertEquals(2, rollout().step(), rollout().reason());
  }

  @Test
  void aClockThatIsSetForwardCutsNoStepShort() {
    change();
    pass(Duration.ofMinutes(4));
    clockSet = Duration.ofHours(1);
    pass(Duration.ofSeconds(50));
    assertEquals(1, rollout().step(), rollout().reason());
    pass(Duration.ofSeconds(20));
    assertEquals(2, rollout().step());
  }

  @Test
  void aClockThatIsSetBackMakesNoStepLonger() {
    change();
    pass(Duration.ofMinutes(4));
    clockSet = Duration.ofHours(-1);
    pass(Duration.ofSeconds(70));
    assertEquals(2, rollout().step(), rollout().reason());
    pass(Duration.ofMinutes(6));
    assertEquals("Completed", rollout().phase());
  }

  @Test
  void aClockThatIsSetDoesNotMakeTheGuardLookTwiceAtOneThing() {
    change();
    failedShare = 0.5;
    pass(Reconciler.LOOK);
    for (int i = 1; i <= 5; i++) {
      clockSet = Duration.ofMinutes(i);
      look();
    }
    assertEquals("Progressing", rollout().phase(), "one look saw something");
    pass(Reconciler.LOOK);
    assertEquals("Stopped", rollout().phase());
  }

  /** Its clock is an hour behind that of the one that led before. */
  @Test
  void aNewLeaderWhoseClockIsBehindWatchesAStepNoLongerThanItLasts() {
    change();
    pass(Duration.ofMinutes(4));
    clockSet = Duration.ofHours(-1);
    Reconciler next = reconciler();
    for (int i = 0; i < 32; i++) {
      object.setStatus(next.policy(object, fleet(), clock()).status());
      now = now.plus(Reconciler.LOOK);
    }
    assertEquals(2, rollout().step(), rollout().reason());
  }

  @Test
  void theFirstContentOfAnObjectIsRolledOutToo() {
    object.setSpec(MockCluster.spec(NEW + ROLLOUT));
    Known.Policy known = look().known();
    assertNull(known.stable());
    assertNotNull(known.candidate());
    assertEquals(10, known.percent());
    // Without sidecars there is nothing to see, and time alone moves it on.
    pass(Duration.ofMinutes(12));
    assertEquals("Completed", rollout().phase());
  }
}
