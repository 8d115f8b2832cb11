package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.VirtualPod.Made;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sampler that sleeps through silences decides and learns what one that ticks does. */
class SamplerRestTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int REST_TICKS = (int) (10 * VirtualPod.SECOND / VirtualPod.TICK);

  static Stream<Arguments> kinds() {
    return Stream.of(new Allowance.PerSecond(3_000), new Allowance.ShareOfTraffic(.2))
        .flatMap(money -> Stream.of(true, false).map(solo -> Arguments.of(money, solo)));
  }

  private static final class Run {
    final VirtualPod pod;
    final boolean sleeps;
    final List<String> fates = new ArrayList<>();
    int ticks;

    Run(Allowance money, boolean solo, boolean sleeps) {
      pod =
          new VirtualPod(
              SEED, money, PriceOf.BYTES, VirtualPod.ledger(solo), new InProcessFleetSums(), "pod");
      this.sleeps = sleeps;
      pod.sampler.tellFates(new Listener(fates));
    }

    /** Bursts of some seconds between silences of up to a minute and a half. */
    void run() {
      for (int burst = 0; burst < 40; burst++) {
        int silent = 1 + pod.random.nextInt(450);
        int busy = 1 + pod.random.nextInt(25);
        int slept = 0;
        for (int i = 0; i < silent; i++) {
          slept = pass(slept);
        }
        if (slept > 0) {
          pod.sampler.wake(pod.now);
        }
        for (int i = 0; i < busy; i++) {
          send();
          tick();
        }
      }
    }

    private int pass(int slept) {
      if (!sleeps || !pod.sampler.isAtRest()) {
        tick();
        return 0;
      }
      if (slept + 1 < REST_TICKS) {
        pod.now += VirtualPod.TICK;
        return slept + 1;
      }
      pod.sampler.wake(pod.now + VirtualPod.TICK);
      tick();
      return 0;
    }

    private void tick() {
      pod.tick();
      ticks++;
    }

    private void send() {
      for (int i = pod.count(30); i > 0; i--) {
        int group = pod.random.nextInt(12);
        boolean error = pod.random.nextInt(50) == 0;
        double millis = 10 + pod.random.nextDouble() * (pod.random.nextInt(40) == 0 ? 500 : 1);
        pod.trace(group, new Made("op " + (char) ('a' + group), millis, error, 200));
      }
    }
  }

  private record Listener(List<String> fates) implements Fates {
    @Override
    public void decided(long high, long low, double probability) {
      fates.add("decided " + low + " " + probability);
    }

    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {
      fates.add("kept " + low + " " + reason);
    }

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {
      fates.add("dropped " + low + " " + reason);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void decidesAndLearnsAsIfItHadTicked(Allowance money, boolean solo) {
    Run ticked = new Run(money, solo, false);
    Run slept = new Run(money, solo, true);
    ticked.run();
    slept.run();
    int most = solo ? ticked.ticks / 5 : ticked.ticks * 2 / 3; // limbo is no rest
    assertTrue(slept.ticks < most, slept.ticks + " ticks of " + ticked.ticks);
    assertTrue(ticked.fates.size() > 500, "traffic");
    assertEquals(ticked.fates.size(), slept.fates.size());
    for (int i = 0; i < ticked.fates.size(); i++) {
      assertEquals(ticked.fates.get(i), slept.fates.get(i), "fate " + i);
    }
    assertEquals(ticked.pod.ledger.outstanding(), slept.pod.ledger.outstanding());
    assertArrayEquals(learned(ticked), learned(slept));
  }

  /** Tables have no order. */
  private static byte[] learned(Run run) {
    byte[] body = run.pod.snapshot(1_800_000_000_000L);
    Arrays.sort(body, 21, body.length);
    return body;
  }
}
