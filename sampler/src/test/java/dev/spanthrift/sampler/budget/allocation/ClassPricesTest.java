package dev.spanthrift.sampler.budget.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings.PerClass;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Laws of the exact prices, on random demand. */
class ClassPricesTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final PerClass SHARES = AllocationSettings.DEFAULT.shares();

  private final Random random = new Random(SEED);

  @BeforeAll
  static void say() {
    System.out.println("seed " + SEED);
  }

  private record Group(double score, double demand) {}

  private List<Group> groups(int most) {
    List<Group> groups = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      double score = Math.pow(2, 16 * random.nextDouble() - 12);
      groups.add(new Group(score, random.nextInt(8) == 0 ? 0 : 1e6 * random.nextDouble()));
    }
    return groups;
  }

  private static void add(List<Group> groups, double[] sums, int offset) {
    for (Group group : groups) {
      int at = offset + WaterFilling.bucket(group.score);
      sums[at] += group.demand;
      sums[at + WaterFilling.BUCKETS] += group.demand * group.score;
    }
  }

  /** What is spent at a price, a bucket being kept by its mean score. */
  private static double spent(double[] sums, int offset, double price) {
    double spent = 0;
    for (int b = offset; b < offset + WaterFilling.BUCKETS; b++) {
      spent += Math.min(sums[b], price * sums[b + WaterFilling.BUCKETS]);
    }
    return spent;
  }

  @Test
  void s4_aPriceSpendsExactlyTheMoneyOrAllThereIs() {
    for (int i = 0; i < 2_000; i++) {
      double[] sums = new double[FleetReport.DEMAND_LENGTH];
      add(groups(300), sums, 0);
      double all = spent(sums, 0, WaterFilling.KEEP_ALL);
      double money = all * 1.2 * random.nextDouble();
      double spent = spent(sums, 0, WaterFilling.price(sums, 0, money));
      assertEquals(Math.min(money, all), spent, 1e-6 * all + 1e-9);
    }
  }

  @Test
  void s4_aPriceDoesNotDependOnTheOrderOfKeys() {
    for (int i = 0; i < 500; i++) {
      List<Group> groups = groups(3_000);
      double[] sums = new double[FleetReport.DEMAND_LENGTH];
      add(groups, sums, 0);
      double money = spent(sums, 0, WaterFilling.KEEP_ALL) * random.nextDouble();
      Collections.shuffle(groups, random);
      double[] shuffled = new double[FleetReport.DEMAND_LENGTH];
      add(groups, shuffled, 0);
      double price = WaterFilling.price(sums, 0, money);
      assertEquals(price, WaterFilling.price(shuffled, 0, money), 1e-9 * price);
    }
  }

  /** Nobody gets more than needed, nobody less than its share, and nothing is left over. */
  @Test
  void s4_classesShareTheMoneyByNeedAndShareAndLeaveNothing() {
    for (int i = 0; i < 2_000; i++) {
      double[] fleet = new double[FleetReport.LENGTH];
      for (int c = 0; c < TraceClass.COUNT; c++) {
        if (random.nextInt(4) > 0) {
          add(groups(50), fleet, FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH);
        }
      }
      double target = Math.pow(10, 9 * random.nextDouble());
      ClassPrices prices = new ClassPrices(SHARES);
      prices.compute(fleet, target, 1e4);
      double given = 0;
      double needed = 0;
      for (int c = 0; c < TraceClass.COUNT; c++) {
        double least = Math.min(prices.need(c), SHARES.of(c) * target);
        assertTrue(prices.give(c) >= least * (1 - 1e-9), "class " + c + " lacks its share");
        assertTrue(prices.give(c) <= prices.need(c) * (1 + 1e-9), "class " + c + " has too much");
        assertTrue(prices.mu(c) >= 0 && Double.isFinite(prices.mu(c)));
        given += prices.give(c);
        needed += prices.need(c);
      }
      assertEquals(Math.min(needed, target), given, 1e-6 * target);
    }
  }

  @Test
  void noDemandAndNoMoneyAreNoTrouble() {
    double[] fleet = new double[FleetReport.LENGTH];
    for (double target : new double[] {0, 1e-9, 1e12}) {
      ClassPrices prices = new ClassPrices(SHARES);
      prices.compute(fleet, target, 1);
      for (int c = 0; c < TraceClass.COUNT; c++) {
        assertEquals(0, prices.give(c));
        assertTrue(Double.isFinite(prices.mu(c)));
      }
    }
  }
}
