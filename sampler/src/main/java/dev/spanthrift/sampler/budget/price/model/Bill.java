package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the usage of one window costs, charge by charge.
 *
 * @param controllable the part that sampling can change
 * @param total with fixed charges and the minimum fee
 * @param unpriced charges that were used and have no known price: the total is then too low
 */
public record Bill(List<Line> lines, Money controllable, Money total, List<String> unpriced) {
  /** One charge; no cost where no price is known. */
  public record Line(Charge charge, BigDecimal quantity, @Nullable Money cost) {}

  static Bill of(PriceModel model, Usage usage) {
    List<Line> lines = model.charges().stream().map(charge -> line(model, charge, usage)).toList();
    Money controllable = sum(model, lines, true);
    Money sum = controllable.plus(sum(model, lines, false));
    Quoted minimum = model.minimumFee();
    Money total = minimum == null ? sum : sum.max(new Money(minimum.value(), model.currency()));
    List<String> unpriced =
        lines.stream()
            .filter(line -> line.cost() == null && line.quantity().signum() > 0)
            .map(line -> line.charge().id())
            .toList();
    return new Bill(lines, controllable, total, unpriced);
  }

  private static Line line(PriceModel model, Charge charge, Usage usage) {
    BigDecimal cost = charge.cost(usage);
    BigDecimal exchange = model.exchange();
    Money money =
        cost == null || exchange == null
            ? null
            : new Money(cost.multiply(exchange, Money.PRECISION), model.currency());
    return new Line(charge, usage.of(charge.meter()), money);
  }

  private static Money sum(PriceModel model, List<Line> lines, boolean controllable) {
    return lines.stream()
        .filter(line -> line.charge().controllable() == controllable)
        .map(Line::cost)
        .filter(cost -> cost != null)
        .reduce(Money.zero(model.currency()), Money::plus);
  }
}
