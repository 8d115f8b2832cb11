package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One line of a price list. Order of reckoning: rounding → allotments → tiers → commitment.
 *
 * @param curve none: the vendor publishes no price, so the charge cannot be priced
 * @param contracted the operator's own price for a unit, which replaces the curve
 * @param bytes rule that makes billable bytes; only for byte meters
 * @param perUnit quantity of a derived meter for each unit of another, such as the share of spans
 *     that is indexed
 * @param routes other prices of the same unit, by what the vendor lets one choose
 * @param controllable whether sampling changes it
 */
public record Charge(
    String id,
    Meter meter,
    PricingUnit unit,
    @Nullable TierCurve curve,
    @Nullable Quoted contracted,
    List<Allotment> allotments,
    @Nullable Commitment commitment,
    Window window,
    Aggregation aggregation,
    Rounding rounding,
    @Nullable ByteEstimator bytes,
    @Nullable PerUnit perUnit,
    @Nullable Retention retention,
    Map<String, Quoted> routes,
    boolean controllable,
    Provenance provenance,
    @Nullable String note) {

  /** So many of the charge's meter for each unit of the other one. */
  public record PerUnit(Meter of, Quoted quantity) {}

  public Charge {
    allotments = List.copyOf(allotments);
    routes = Map.copyOf(routes);
    if (bytes != null && !meter.isBytes()) {
      throw new IllegalArgumentException("a byte rule needs a meter of bytes");
    }
  }

  /** The curve that counts: the contract's price, else the list's. */
  public @Nullable TierCurve priced() {
    return contracted == null ? curve : TierCurve.flat(contracted);
  }

  /** The same by another route, such as {@code pipeline.low}. */
  Charge by(String route) {
    Quoted price = routes.get(route);
    if (price == null) {
      throw new IllegalArgumentException(
          "no route "
              + route
              + " of "
              + id
              + "; there are "
              + routes.keySet().stream().sorted().toList());
    }
    return new Charge(
        id,
        meter,
        unit,
        TierCurve.flat(price),
        contracted,
        allotments,
        commitment,
        window,
        aggregation,
        rounding,
        bytes,
        perUnit,
        retention,
        routes,
        controllable,
        provenance,
        note);
  }

  /** In pricing currency; null when there is no price. */
  public @Nullable BigDecimal cost(Usage usage) {
    TierCurve curve = priced();
    if (curve == null) {
      return null;
    }
    BigDecimal billed = billed(units(usage), included(usage));
    return commitment == null ? curve.cost(billed) : commitment.cost(curve, billed);
  }

  private BigDecimal units(Usage usage) {
    return rounding.of(unit.unitsOf(usage.of(meter)));
  }

  private BigDecimal included(Usage usage) {
    return allotments.stream()
        .map(allotment -> allotment.included(usage, unit))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private boolean isCliff() {
    return allotments.stream().anyMatch(allotment -> allotment.mode() == Allotment.Mode.CLIFF);
  }

  private BigDecimal billed(BigDecimal units, BigDecimal included) {
    BigDecimal beyond = units.subtract(included).max(BigDecimal.ZERO);
    return isCliff() && beyond.signum() > 0 ? units : beyond;
  }

  /**
   * The highest price of one plain unit of the meter between two usages; 0 where it is all
   * included, committed or in the same package. Null when there is no price.
   *
   * <p>Rounding is left out, because the sum of many small steps is what counts.
   */
  public @Nullable BigDecimal highestRate(Usage from, Usage to) {
    BigDecimal last = unit.unitsOf(to.of(meter));
    BigDecimal included = included(to);
    // At exactly the allotment's end the next unit is billed.
    boolean isIncluded = included.signum() > 0 && last.compareTo(included) < 0;
    boolean isCommitted = commitment != null && commitment.covers(billed(last, included));
    TierCurve curve = priced();
    if (curve == null || isIncluded || isCommitted) {
      return curve == null ? null : BigDecimal.ZERO;
    }
    BigDecimal begin = billed(unit.unitsOf(from.of(meter)), included);
    return perPlainUnit(curve::highestRate, begin, billed(last, included));
  }

  /** The same with what is included or committed at its list price. */
  public @Nullable BigDecimal listRate(Usage from, Usage to) {
    TierCurve curve = priced();
    if (curve == null) {
      return null;
    }
    BigDecimal included = included(to);
    BigDecimal begin = billed(unit.unitsOf(from.of(meter)), included);
    return perPlainUnit(curve::listRate, begin, billed(unit.unitsOf(to.of(meter)), included));
  }

  private BigDecimal perPlainUnit(
      BinaryOperator<BigDecimal> curve, BigDecimal begin, BigDecimal end) {
    BigDecimal rate = curve.apply(begin.min(end), end);
    if (commitment != null && !commitment.covers(end)) {
      rate = rate.multiply(commitment.overageMultiplier().value(), Money.PRECISION);
    }
    return rate.divide(unit.size(), Money.PRECISION);
  }
}
