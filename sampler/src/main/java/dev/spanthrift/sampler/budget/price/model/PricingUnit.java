package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a price is for: {@code GB}, {@code 10 GB}, {@code 1000000 Spans}.
 *
 * <p>GB is 10^9 and GiB 2^30; the 7.4 % between them is somebody's money. A leading number counts
 * so many of the unit.
 *
 * @param text as the price list writes it
 * @param size in plain units of the meter
 */
public record PricingUnit(String text, BigDecimal size) {
  private static final Pattern FORM = Pattern.compile("(?:([0-9]+) )?([A-Za-z]+[A-Za-z0-9 /-]*)");
  private static final Map<String, Long> BYTES =
      Map.of(
          "B", 1L,
          "kB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30,
          "TiB", 1L << 40);

  public PricingUnit {
    if (size.signum() <= 0) {
      throw new IllegalArgumentException("unit of nothing: " + text);
    }
  }

  /**
   * Reads a unit of a meter.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  public static PricingUnit parse(String text, Meter meter) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("write a unit such as GB or 1000000 Spans");
    }
    BigDecimal count = matcher.group(1) == null ? BigDecimal.ONE : new BigDecimal(matcher.group(1));
    if (!meter.isBytes()) {
      return new PricingUnit(text.strip(), count);
    }
    @Nullable Long bytes = BYTES.get(matcher.group(2));
    if (bytes == null) {
      throw new IllegalArgumentException(
          "write a unit of bytes: B, kB, MB, GB, TB, KiB, MiB, GiB or TiB");
    }
    return new PricingUnit(text.strip(), count.multiply(BigDecimal.valueOf(bytes)));
  }

  BigDecimal unitsOf(BigDecimal plain) {
    return plain.divide(size, Money.PRECISION);
  }
}
