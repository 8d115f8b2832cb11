package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Virtual time around a controller: traffic with days and weeks, and a sampler that spends what its
 * bucket holds and books it late.
 */
final class MonthSimulation {
  static final int STEP_SECONDS = 120;
  private static final double BYTES = 500;

  final BudgetController controller;
  final Purse purse;
  final SplittableRandom random;
  ToDoubleFunction<Instant> spansPerSecond = MonthSimulation::office;
  LongUnaryOperator wall = millis -> millis;
  int lagSteps = 2;
  boolean tellsOutstanding = true;
  double spentEver;
  double demandEver;

  private final ArrayDeque<double[]> late = new ArrayDeque<>();
  private final double bucketSeconds; // an allocation's: four times what money of a period waits
  private double level;
  Instant now;
  long nanos = 17;

  MonthSimulation(List<Budget> budgets, Pricing pricing, Instant begin, long seed) {
    controller = new BudgetController(budgets, pricing);
    boolean hourly =
        budgets.stream().anyMatch(b -> b.period().length() == BillingPeriod.Length.HOUR);
    bucketSeconds = hourly ? 4 * 120 : 4 * 900;
    purse = controller.purse(name -> null);
    random = new SplittableRandom(seed);
    now = begin;
    controller.tick(nanos, wall.applyAsLong(now.toEpochMilli()));
  }

  /** 100 spans a second on average: days with a peak at 14 h UTC, calm week-ends. */
  static double office(Instant at) {
    double hours = at.getEpochSecond() / 3600.0;
    double day = 1 + .9 * Math.cos((hours % 24 - 14) / 24 * 2 * Math.PI);
    long weekday = Math.floorMod(at.getEpochSecond() / 86_400 + 3, 7); // 0 is Monday
    return 120 * day * (weekday >= 5 ? .25 : 1);
  }

  void until(Instant end) {
    while (now.isBefore(end)) {
      step();
    }
  }

  void step() {
    double noise = Math.exp(.3 * random.nextGaussian());
    long spans = Math.round(spansPerSecond.applyAsDouble(now) * noise * STEP_SECONDS);
    purse.received((long) (spans * BYTES), spans, 0, spans / 20);
    SpanPrice price = controller.price();
    double each = Math.max(1, price.price((long) BYTES * 1000, 1000) / 1000.0);
    level += purse.allowancePerSecond() * STEP_SECONDS;
    level = Math.min(level, purse.allowancePerSecond() * bucketSeconds);
    double keep = Math.min(spans, Math.floor(Math.max(0, level / each)));
    level -= keep * each;
    late.add(new double[] {keep});
    demandEver += spans * each;
    double booked = 0;
    if (late.size() > lagSteps) {
      booked = late.remove()[0];
    }
    double flight = late.stream().mapToDouble(k -> k[0]).sum();
    if (tellsOutstanding) {
      purse.outstanding(level + flight * each);
    }
    purse.kept((long) (booked * BYTES), (long) booked, 0, (long) booked / 20);
    spentEver += booked * each;
    now = now.plusSeconds(STEP_SECONDS);
    nanos += STEP_SECONDS * 1_000_000_000L;
    controller.passUnseen(nanos, wall.applyAsLong(now.toEpochMilli()));
  }

  /** What the books say now; a forecast is made for whoever looks, and for nobody else. */
  BudgetView view() {
    controller.tick(nanos, wall.applyAsLong(now.toEpochMilli()));
    return controller.view().budgets().getFirst();
  }
}
