package dev.spanthrift.sampler.budget.price;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.price.model.Allotment;
import dev.spanthrift.sampler.budget.price.model.ByteEstimator;
import dev.spanthrift.sampler.budget.price.model.Cap;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.Models;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import dev.spanthrift.sampler.budget.price.model.PricingUnit;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.budget.price.model.TierCurve;
import dev.spanthrift.sampler.budget.price.model.Usage;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricingTest {
  private static final Traffic MIX = new Traffic(500_000, 1_000, 20, 50);

  private static Map<Window, Traffic> month(Traffic traffic) {
    return Map.of(Window.MONTH, traffic);
  }

  private static SpanPrice price(Pricing pricing) {
    return pricing.spanPrice(Map.of(), Map.of(), MIX);
  }

  /** Expected bytes computed by hand from the formulas of price-models.yaml. */
  @Test
  void estimatesBillableBytesByTheFormulas() {
    SpanCounters span = new SpanCounters(600, 12, 1, 1_000, 20, 50, 10, 4, 3);
    assertEquals(600 + 3 + 20, ByteEstimator.OTLP_PROTO_AMORTIZED.bytes(span), 1e-9);
    assertEquals(1_600, ByteEstimator.OTLP_PROTO_REPEATED.bytes(span), 1e-9);
    assertEquals(1_676.8, ByteEstimator.FLAT_JSON_DOC.bytes(span), 1e-9);
    assertEquals(1_929.04, ByteEstimator.SIGNOZ_METERED_JSON.bytes(span), 1e-9);
    assertEquals(1_160.72, ByteEstimator.OTLP_JSON_SPAN.bytes(span), 1e-9);
    for (ByteEstimator estimator : ByteEstimator.values()) {
      double parts = estimator.perSpanByte() * 600 + estimator.perSpan(span);
      assertEquals(parts, estimator.bytes(span), 1e-6, estimator.id());
    }
  }

  @Test
  void pricesASpanAsTheBillDoes() {
    Pricing pricing = Models.perGigabyte("0.50");
    Traffic traffic = new Traffic(503_000_000, 1_000_000, 0, 0); // 500 bytes and a header of 3
    assertEquals(Money.of("0.25", "USD"), pricing.cost(month(traffic)));
    assertEquals(250_000, price(pricing).price(503, 1));
    assertEquals(2.5e11, price(pricing).picos(traffic), 1);
  }

  @Test
  void pricesRecordsWhateverTheirSize() {
    Pricing pricing =
        Models.pricing(
            Models.model(
                Models.charge(Meter.SPAN_RECORDS, "1000000 Records", Models.flat("0.60"))));
    assertEquals(600_000, price(pricing).price(1, 1, 0, 0));
    assertEquals(1_800_000, price(pricing).price(99_999, 1, 2, 1));
    assertEquals(612_000, price(pricing).price(1, 1), "events by their mean, 20 of 1000 spans");
  }

  @Test
  void pricesTracesOnce() {
    Pricing pricing =
        Models.pricing(
            Models.model(Models.charge(Meter.TRACES, "1000000 Traces", Models.flat("5"))));
    assertEquals(5_000_000, price(pricing).price(9_000, 30, 4, 1));
    assertEquals(1, price(pricing).price(9_000, 30, 4, 0), "never free");
    assertEquals(250_000, price(pricing).price(9_000, 1), "its part of a trace of 20");
  }

  @Test
  void keepsTheListPriceInsideAnAllotmentAndSaysThatItIsFree() {
    Pricing pricing =
        Models.pricing(
            Models.model(
                Models.charge(
                    Meter.SPANS,
                    "1000000 Spans",
                    Models.flat("0.20"),
                    Models.fixed("2.5", Allotment.Mode.DEDUCT))));
    assertEquals(200_000, price(pricing).price(500, 1));
    assertTrue(pricing.isFree(month(MIX), month(new Traffic(1, 2_400_000, 0, 0))));
    assertFalse(pricing.isFree(month(MIX), month(new Traffic(1, 2_600_000, 0, 0))));
    Money none = Money.of("0", "USD");
    double perMix = price(pricing).picos(MIX);
    assertEquals(2_500, pricing.affordable(Map.of(), MIX, none, perMix), .01);
    assertEquals(7_500, pricing.affordable(Map.of(), MIX, Money.of("1", "USD"), perMix), .01);
    assertEquals(0, pricing.affordable(month(new Traffic(0, 3_000_000, 0, 0)), MIX, none, perMix));
  }

  @Test
  void buysNeverMoreThanTheMoneyWhateverTheCurve() {
    List<TierCurve> curves =
        List.of(
            Models.tiers(TierCurve.Mode.GRADUATED, "5", "0", "100", "2.00", "open", "1.80"),
            Models.tiers(TierCurve.Mode.GRADUATED, "1", "0.1", "open", "3"),
            Models.tiers(TierCurve.Mode.PACKAGE, "1", "1", "10", "4", "100", "20"));
    for (TierCurve curve : curves) {
      Pricing pricing =
          Models.pricing(Models.model(Models.charge(Meter.SPANS, "1000000 Spans", curve)));
      for (String amount : List.of("0.00001", "0.5", "3", "17.3", "1000")) {
        Money money = Money.of(amount, "USD");
        for (long used : new long[] {0, 900_000, 4_000_000, 50_000_000}) {
          Map<Window, Traffic> before = month(new Traffic(0, used, 0, 0));
          double times = pricing.affordable(before, MIX, money, price(pricing).picos(MIX));
          Money cost = pricing.cost(Pricing.after(before, MIX, times)).minus(pricing.cost(before));
          assertTrue(cost.compareTo(money) <= 0, () -> curve + " " + money + ": " + cost);
          Money more =
              pricing
                  .cost(Pricing.after(before, MIX, times * 1.001 + .1))
                  .minus(pricing.cost(before));
          boolean isPackage = curve.mode() == TierCurve.Mode.PACKAGE;
          assertTrue(
              isPackage || more.compareTo(money) >= 0, () -> curve + " " + money + ": " + more);
        }
      }
    }
  }

  @Test
  void aLimitOfTheVendorEndsWhatMoneyBuys() {
    Cap cap =
        new Cap(
            Meter.SPAN_RECORDS,
            PricingUnit.parse("1000000 Records", Meter.SPAN_RECORDS),
            Models.quoted("100"),
            Window.MONTH,
            "throttle");
    PriceModel model =
        Models.model(null, List.of(cap), Models.charge(Meter.MONTHS, "Months", Models.flat("130")));
    Pricing pricing = Models.pricing(model);
    assertTrue(price(pricing).nominal());
    double times =
        pricing.affordable(Map.of(), MIX, Money.of("1", "USD"), price(pricing).picos(MIX));
    assertEquals(100e6 / 1_020, times, 1);
    assertEquals(List.of(cap), pricing.broken(month(new Traffic(0, 99_000_000, 2_000_000, 0))));
  }

  @Test
  void calibrationMakesTheEstimateTheBill() {
    BigDecimal factor = Pricing.calibrationOf(Money.of("107", "USD"), Money.of("100", "USD"));
    assertEquals(0, factor.compareTo(new BigDecimal("1.07")));
    Pricing pricing =
        new Pricing(
            Models.model(Models.charge(Meter.BYTES, "GB", Models.flat("1"))),
            factor,
            Usage.NONE,
            new SpanCounters(500, 0, 0, 0, 0, 1, 0, 0, 0));
    assertEquals(
        Money.of("0.535", "USD"), pricing.cost(month(new Traffic(503_000_000, 1_000_000, 0, 0))));
    assertThrows(
        IllegalArgumentException.class,
        () -> Pricing.calibrationOf(Money.of("0", "USD"), Money.of("1", "USD")));
  }

  @Test
  void whatTheOperatorKnowsFillsAllotments() {
    Allotment perHost =
        new Allotment(
            Models.quoted("150"), Allotment.Kind.PER, Meter.HOSTS, Allotment.Mode.DEDUCT, null);
    Pricing pricing =
        new Pricing(
            Models.model(Models.charge(Meter.BYTES, "GB", Models.flat("0.10"), perHost)),
            BigDecimal.ONE,
            new Usage(Map.of(Meter.HOSTS, BigDecimal.TWO)),
            new SpanCounters(500, 0, 0, 0, 0, 1, 0, 0, 0));
    assertEquals(Money.of("1", "USD"), pricing.cost(month(new Traffic(310_000_000_000L, 0, 0, 0))));
  }

  @Test
  void amountsAtTheEndOfALongStayThere() {
    SpanPrice price = price(Models.perGigabyte("1000000"));
    assertEquals(Long.MAX_VALUE, price.price(Long.MAX_VALUE, Integer.MAX_VALUE));
    Traffic most = new Traffic(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0);
    assertEquals(most, most.plus(most));
    assertEquals(Long.MAX_VALUE, most.times(2).bytes());
    assertTrue(Double.isFinite(price.picos(most)));
    Money cost = Models.perGigabyte("1").cost(month(new Traffic(Long.MAX_VALUE, 1, 0, 0)));
    assertTrue(cost.compareTo(Money.of("9000000000", "USD")) > 0, cost.toString());
  }
}
