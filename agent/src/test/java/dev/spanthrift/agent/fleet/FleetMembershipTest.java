package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.books.Purse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who belongs to the fleet changes, and the fleet's money does not: real decisions, real sums on a
 * real engine, hours of it in virtual time.
 */
class FleetMembershipTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final double PER_SECOND = 5_000;
  private static final double TRACES = 50; // a second; they cost about six times the budget
  private static final double BEGAN = 1_800_000_000;

  /**
   * Until then the share of the money that waits for an incident grows with the time, and is
   * filled.
   */
  private static final int WARM = 7_200;

  /** AllocationSettings.carryOver. */
  private static final double WAITS_AT_MOST = 900;

  @TempDir Path temp;
  private RedisServer server;
  private VirtualEngine engine;
  private MemberPod.Common common;
  private final Random random = new Random(SEED);
  private final List<MemberPod> pods = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();
  private final int[] operations = new int[20];
  private int born;
  private double worst = Double.NEGATIVE_INFINITY;

  @BeforeEach
  void start() throws Exception {
    server = RedisServer.start(temp);
    engine = new VirtualEngine(server);
    common = new MemberPod.Common(engine, PER_SECOND);
    common.seconds = BEGAN;
    for (int i = 0; i < operations.length; i++) {
      byte[] name = ("operation " + (char) ('a' + i)).getBytes(StandardCharsets.UTF_8);
      operations[i] = common.operations.intern(1, name, 0, name.length);
    }
  }

  @AfterEach
  void end() throws Exception {
    engine.close();
    server.close();
  }

  /** Clocks differ by up to four seconds. */
  private void join(double weight) {
    double skew = 8 * random.nextDouble() - 4;
    pods.add(new MemberPod(common, "pod-" + born++, skew, random.nextDouble()));
    weights.add(weight);
  }

  /** Killed: what it had not told is lost. */
  private void leave(int index) {
    pods.remove(index);
    weights.remove(index);
  }

  private void scale(int size) {
    while (pods.size() < size) {
      join(1);
    }
    while (pods.size() > size) {
      leave(random.nextInt(pods.size()));
    }
  }

  private MemberPod any() {
    double at = random.nextDouble() * weights.stream().mapToDouble(w -> w).sum();
    for (int i = 0; i < pods.size(); i++) {
      at -= weights.get(i);
      if (at <= 0) {
        return pods.get(i);
      }
    }
    return pods.getLast();
  }

  /** Traces of two fragments, each of them anywhere; the ticks of the pods lie in between. */
  private void run(int seconds) {
    double from = common.seconds;
    for (int s = 0; s < seconds; s++) {
      for (int i = 0; i < pods.size(); i++) {
        common.seconds = from + s + (double) i / pods.size();
        double due = TRACES * (i + 1) / pods.size();
        for (int sent = (int) (TRACES * i / pods.size()); sent < (int) due; sent++) {
          trace();
        }
        pods.get(i).tick();
      }
      double paced = PER_SECOND * (from + s + 1 - BEGAN);
      if (from + s - BEGAN >= 60) {
        worst = Math.max(worst, common.spent / paced - 1);
      }
    }
    common.seconds = from + seconds;
  }

  private void trace() {
    long id = random.nextLong();
    int operation = (int) (operations.length * random.nextDouble() * random.nextDouble());
    boolean error = random.nextInt(100) == 0;
    int millis = 10 + operation + random.nextInt(50);
    any().send(id, true, operations[operation], millis, error, 200 + 20 * operation);
    any().send(id, false, operations[operation], millis / 2, error, 200 + 20 * operation);
  }

  private void runAndSay(int seconds) {
    long before = common.spent;
    run(seconds);
    double used = (common.spent - before) / (PER_SECOND * seconds);
    say(pods.size() + " pods, " + seconds + " s", used);
  }

  /** Money spent, reserved or waiting, over what should have come in to date. */
  private double cameIn() {
    double all = common.spent + common.traces.reservedSum() + pods.getFirst().level();
    return all / (PER_SECOND * (common.seconds - BEGAN));
  }

  private void say(String what, double used) {
    System.out.printf(
        Locale.ROOT,
        "%s: used %.4f; came in %.4f; spent to date at worst %+.4f; %.2f calls a second%n",
        what,
        used,
        cameIn(),
        worst,
        engine.calls() / (common.seconds - BEGAN));
  }

  /** Nothing too much, nothing lost, and what is not spent is what may wait for an incident. */
  private void assertHeld() {
    double elapsed = common.seconds - BEGAN;
    double spent = common.spent / (PER_SECOND * (elapsed - WAITS_AT_MOST));
    assertTrue(worst <= .01, "spent beyond the budget by " + worst + ", seed " + SEED);
    assertTrue(spent >= .97, "spent " + spent + ", seed " + SEED);
    assertEquals(1, cameIn(), .01, "money came in by time, seed " + SEED);
  }

  @Test
  void fromOneToAHundredAndBackTheFleetSpendsItsBudget() {
    scale(1);
    run(WARM);
    say("one pod", common.spent / (WARM * PER_SECOND));
    scale(100);
    runAndSay(300);
    scale(1);
    runAndSay(300);
    scale(100);
    runAndSay(300);
    scale(1);
    runAndSay(600);
    assertHeld();
  }

  @Test
  void podsThatDifferAHundredfoldJoinLeaveAndRestart() {
    for (int i = 0; i < 10; i++) {
      join(i == 0 ? 100 : 1 + random.nextInt(5));
    }
    run(WARM);
    long before = common.spent;
    double from = common.seconds;
    for (int step = 0; step < 30; step++) {
      int other = random.nextInt(pods.size());
      double weight = weights.get(other);
      switch (step % 3) {
        case 0 -> join(1 + random.nextInt(100));
        case 1 -> leave(other);
        default -> {
          leave(other);
          join(weight);
        }
      }
      run(20);
    }
    say("thirty changes", (common.spent - before) / (PER_SECOND * (common.seconds - from)));
    run(600); // what killed pods would have kept is lost with them, its money is not
    assertHeld();
  }

  /**
   * Until its pods know the fleet's sums, which takes a generation of reports or two, nothing cuts
   * the level that the engine kept; but no plan spends more than four times what comes in, and what
   * is reserved then is made up for.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 300})
  void aLevelThatNoBudgetBoundedIsNotSpentByTheFleetThatStartsWithOne(int secondsAway) {
    common.allow(Purse.UNLIMITED);
    scale(4);
    run(600);
    assertTrue(pods.getFirst().level() > Purse.UNLIMITED);
    scale(0);
    common.seconds += secondsAway;
    common.allow(PER_SECOND);
    scale(4);
    long before = common.spent;
    run(60);
    double used = (common.spent - before) / (60 * PER_SECOND);
    assertTrue(used > .1 && used <= 1, "used " + used + ", seed " + SEED);
    double level = pods.getFirst().level();
    assertTrue(level < 4 * WAITS_AT_MOST * PER_SECOND, "level " + level + ", seed " + SEED);
  }

  @Test
  void aHundredThatStartAtOnceSpendNoMoreThanOne() {
    scale(100);
    run(600);
    say("cold start of a hundred", common.spent / (600 * PER_SECOND));
    assertTrue(worst <= .01, "spent beyond the budget by " + worst + ", seed " + SEED);
    assertEquals(1, cameIn(), .05, "money came in by time, seed " + SEED);
  }
}
