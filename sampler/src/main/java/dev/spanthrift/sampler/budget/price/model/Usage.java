package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;

/** Quantities by meter in plain units (bytes, spans, hosts); what is not named is zero. */
public final class Usage {
  public static final Usage NONE = new Usage(Map.of());

  private final Map<Meter, BigDecimal> quantities = new EnumMap<>(Meter.class);

  public Usage(Map<Meter, BigDecimal> quantities) {
    quantities.forEach(
        (meter, quantity) -> {
          if (quantity.signum() < 0) {
            throw new IllegalArgumentException(
                meter.id() + " below zero: " + quantity.toPlainString());
          }
          this.quantities.put(meter, quantity);
        });
  }

  public BigDecimal of(Meter meter) {
    return quantities.getOrDefault(meter, BigDecimal.ZERO);
  }

  public Usage plus(Meter meter, BigDecimal quantity) {
    Map<Meter, BigDecimal> sum = new EnumMap<>(quantities);
    sum.merge(meter, quantity, BigDecimal::add);
    return new Usage(sum);
  }

  public Usage plus(Usage other) {
    Map<Meter, BigDecimal> sum = new EnumMap<>(Meter.class);
    sum.putAll(quantities);
    other.quantities.forEach((meter, quantity) -> sum.merge(meter, quantity, BigDecimal::add));
    return new Usage(sum);
  }

  public Usage times(BigDecimal factor) {
    Map<Meter, BigDecimal> product = new EnumMap<>(Meter.class);
    quantities.forEach((m, q) -> product.put(m, q.multiply(factor, Money.PRECISION)));
    return new Usage(product);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Usage usage && usage.quantities.equals(quantities);
  }

  @Override
  public int hashCode() {
    return quantities.hashCode();
  }

  @Override
  public String toString() {
    return quantities.toString();
  }
}
