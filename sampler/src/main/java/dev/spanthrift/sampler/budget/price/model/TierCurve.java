package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Price by quantity, in pricing units.
 *
 * <p>GRADUATED: each unit costs what its own step says. VOLUME: all units cost what the step of the
 * last one says, so that the bill falls at a border. PACKAGE: a step is bought whole; above the
 * last one nothing more is sold, and its price stays.
 */
public record TierCurve(Mode mode, List<Step> steps) {
  /** How steps make a price. */
  public enum Mode {
    GRADUATED,
    VOLUME,
    PACKAGE
  }

  /**
   * One step.
   *
   * @param upTo where it ends, in pricing units; none: nowhere
   * @param price of a unit, or of the whole package
   */
  public record Step(@Nullable BigDecimal upTo, Quoted price) {
    boolean reaches(BigDecimal units) {
      return upTo == null || units.compareTo(upTo) <= 0;
    }
  }

  public TierCurve {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("no price");
    }
    BigDecimal before = BigDecimal.ZERO;
    for (int i = 0; i < steps.size(); i++) {
      BigDecimal upTo = steps.get(i).upTo();
      if (upTo == null && i < steps.size() - 1) {
        throw new IllegalArgumentException("only the last step may be open");
      }
      if (upTo != null && upTo.compareTo(before) <= 0) {
        throw new IllegalArgumentException("steps must rise: " + upTo.toPlainString());
      }
      before = upTo == null ? before : upTo;
    }
    if (mode != Mode.PACKAGE && steps.getLast().upTo() != null) {
      throw new IllegalArgumentException("the last step must be open: write upTo: open");
    }
  }

  /** One price whatever the quantity. */
  public static TierCurve flat(Quoted price) {
    return new TierCurve(Mode.GRADUATED, List.of(new Step(null, price)));
  }

  public BigDecimal cost(BigDecimal units) {
    if (units.signum() <= 0) {
      return BigDecimal.ZERO;
    }
    return switch (mode) {
      case GRADUATED -> graduated(units);
      case VOLUME -> units.multiply(step(units).price().value(), Money.PRECISION);
      case PACKAGE -> step(units).price().value();
    };
  }

  private BigDecimal graduated(BigDecimal units) {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal from = BigDecimal.ZERO;
    for (Step step : steps) {
      BigDecimal to = step.upTo() == null ? units : units.min(step.upTo());
      sum = sum.add(to.subtract(from).multiply(step.price().value(), Money.PRECISION));
      if (step.reaches(units)) {
        break;
      }
      from = to;
    }
    return sum;
  }

  private Step step(BigDecimal units) {
    return steps.stream().filter(step -> step.reaches(units)).findFirst().orElse(steps.getLast());
  }

  /**
   * The highest price of a unit between two quantities; equal ones ask for the next unit's.
   *
   * <p>A package costs nothing more until it is full; the next one's price is then spread over its
   * units.
   */
  BigDecimal highestRate(BigDecimal from, BigDecimal to) {
    BigDecimal highest = BigDecimal.ZERO;
    BigDecimal begin = BigDecimal.ZERO;
    BigDecimal paid = BigDecimal.ZERO;
    for (Step step : steps) {
      boolean begins = begin.compareTo(to) < 0 || begin.compareTo(from) <= 0;
      boolean ends = step.upTo() != null && step.upTo().compareTo(from) <= 0;
      if (begins && !ends) {
        highest = highest.max(rate(step, begin, paid, from));
      }
      paid = step.price().value();
      begin = step.upTo() == null ? begin : step.upTo();
    }
    return highest;
  }

  /** The same, or the first price above zero where the quantity is still in a step for nothing. */
  BigDecimal listRate(BigDecimal from, BigDecimal to) {
    BigDecimal highest = highestRate(from, to);
    if (highest.signum() > 0 || mode == Mode.PACKAGE) {
      return highest;
    }
    return steps.stream()
        .filter(step -> step.upTo() == null || step.upTo().compareTo(to) > 0)
        .map(step -> step.price().value())
        .filter(price -> price.signum() > 0)
        .findFirst()
        .orElse(BigDecimal.ZERO);
  }

  private BigDecimal rate(Step step, BigDecimal begin, BigDecimal paid, BigDecimal from) {
    if (mode != Mode.PACKAGE) {
      return step.price().value();
    }
    boolean bought = from.signum() > 0 && begin.compareTo(from) < 0;
    if (bought || step.upTo() == null) {
      return BigDecimal.ZERO;
    }
    BigDecimal more = step.price().value().subtract(paid).max(BigDecimal.ZERO);
    return more.divide(step.upTo().subtract(begin), Money.PRECISION);
  }
}
