package dev.spanthrift.sampler.budget.price.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.Traffic;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BillTest {
  private static final TierCurve GRADUATED =
      Models.tiers(TierCurve.Mode.GRADUATED, "10", "0.35", "30", "0.20", "open", "0.15");
  private static final TierCurve VOLUME =
      Models.tiers(TierCurve.Mode.VOLUME, "10", "0.08", "open", "0.05");
  private static final TierCurve PACKAGES =
      Models.tiers(TierCurve.Mode.PACKAGE, "100", "130", "450", "400");

  private static Usage of(Meter meter, String quantity) {
    return new Usage(Map.of(meter, new BigDecimal(quantity)));
  }

  private static void expect(String total, PriceModel model, Usage usage) {
    assertEquals(Money.of(total, "USD"), model.bill(usage).total());
  }

  private static Charge bytes(TierCurve curve, Allotment... allotments) {
    return Models.charge(Meter.BYTES, "GB", curve, allotments);
  }

  @Test
  void graduatedChargesEachUnitByItsOwnStep() {
    PriceModel model = Models.model(bytes(GRADUATED));
    expect("0", model, Usage.NONE);
    expect("3.5", model, of(Meter.BYTES, "10e9"));
    expect("3.7", model, of(Meter.BYTES, "11e9"));
    expect("9", model, of(Meter.BYTES, "40e9"));
  }

  @Test
  void volumeChargesAllUnitsByTheLastStepSoThatTheBillFallsAtTheBorder() {
    PriceModel model = Models.model(bytes(VOLUME));
    expect("0.8", model, of(Meter.BYTES, "10e9"));
    expect("0.55", model, of(Meter.BYTES, "11e9"));
    Money border = model.marginal(of(Meter.BYTES, "10e9"), Meter.BYTES, new BigDecimal("1e9"));
    assertEquals(Money.of("-0.25", "USD"), border);
  }

  @Test
  void packagesAreBoughtWhole() {
    PriceModel model = Models.model(Models.charge(Meter.SPANS, "1000000 Spans", PACKAGES));
    expect("0", model, Usage.NONE);
    expect("130", model, of(Meter.SPANS, "1"));
    expect("130", model, of(Meter.SPANS, "100e6"));
    expect("400", model, of(Meter.SPANS, "100000001"));
    expect("400", model, of(Meter.SPANS, "9e9"));
    assertEquals(0, model.marginal(of(Meter.SPANS, "5e6"), Meter.SPANS, BigDecimal.ONE).signum());
  }

  @Test
  void includedUnitsCostNothingAndTheNextOneDoes() {
    PriceModel model =
        Models.model(bytes(Models.flat("0.40"), Models.fixed("100", Allotment.Mode.DEDUCT)));
    Usage inside = of(Meter.BYTES, "99999999999");
    assertEquals(0, model.marginal(inside, Meter.BYTES, BigDecimal.ONE).signum());
    Usage full = of(Meter.BYTES, "100e9");
    assertEquals(
        Money.of("0.0000000004", "USD"), model.marginal(full, Meter.BYTES, BigDecimal.ONE));
    expect("0", model, full);
    expect("4", model, of(Meter.BYTES, "110e9"));
  }

  @Test
  void aCliffBillsAllOnceItIsExceeded() {
    PriceModel model =
        Models.model(
            Models.charge(
                Meter.TRACES,
                "1000000 Traces",
                Models.flat("0.13"),
                Models.fixed("0.1", Allotment.Mode.CLIFF)));
    expect("0", model, of(Meter.TRACES, "100000"));
    expect("0.01300013", model, of(Meter.TRACES, "100001"));
  }

  @Test
  void allotmentsOfOtherMetersGrowWithThem() {
    Allotment perHost =
        new Allotment(
            Models.quoted("150"), Allotment.Kind.PER, Meter.HOSTS, Allotment.Mode.DEDUCT, null);
    Allotment ofSpans =
        new Allotment(
            Models.quoted("0.01"), Allotment.Kind.SHARE, Meter.SPANS, Allotment.Mode.DEDUCT, null);
    PriceModel model =
        Models.model(
            bytes(Models.flat("0.10"), perHost),
            Models.charge(Meter.SPANS_INDEXED, "1000000 Spans", Models.flat("0.75"), ofSpans));
    Usage usage =
        of(Meter.HOSTS, "2")
            .plus(of(Meter.BYTES, "310e9"))
            .plus(of(Meter.SPANS, "100e6"))
            .plus(of(Meter.SPANS_INDEXED, "3e6"));
    expect("2.5", model, usage); // 10 GB and 2 million
    assertEquals(
        Money.of("-0.75", "USD"), model.marginal(usage, Meter.SPANS, new BigDecimal("100e6")));
  }

  @Test
  void whatIsCommittedIsPaidAndWhatGoesBeyondCostsMore() {
    Commitment commitment = new Commitment(Models.quoted("10"), null, Models.quoted("1.4"));
    Charge charge =
        Models.with(
            Models.charge(Meter.SPANS, "1000000 Spans", Models.flat("0.16")),
            Window.DAY,
            commitment,
            Rounding.NONE);
    PriceModel model = Models.model(charge);
    expect("1.6", model, Usage.NONE);
    expect("1.6", model, of(Meter.SPANS, "10e6"));
    expect("3.84", model, of(Meter.SPANS, "20e6"));
  }

  @Test
  void fractionsAreCutOrFilledWhereTheVendorDoes() {
    Charge floor = Models.with(bytes(Models.flat("0.40")), Window.MONTH, null, Rounding.FLOOR);
    expect("0.4", Models.model(floor), of(Meter.BYTES, "1999999999"));
    Charge ceiling = Models.with(bytes(Models.flat("0.40")), Window.MONTH, null, Rounding.CEILING);
    expect("0.8", Models.model(ceiling), of(Meter.BYTES, "1000000001"));
  }

  @Test
  void aMinimumFeeSwallowsSmallBills() {
    PriceModel model = Models.model(Models.quoted("49"), List.of(), bytes(Models.flat("0.30")));
    expect("49", model, of(Meter.BYTES, "100e9"));
    expect("60", model, of(Meter.BYTES, "200e9"));
    assertTrue(
        Models.pricing(model)
            .isFree(Map.of(), Map.of(Window.MONTH, new Traffic(1_000_000_000, 2_000_000, 0, 0))));
  }

  @Test
  void gigabytesAndGibibytesAreSevenPercentApart() {
    Usage gib = of(Meter.BYTES, String.valueOf(1L << 30));
    expect("0.2147483648", Models.model(bytes(Models.flat("0.2"))), gib);
    expect("0.2", Models.model(Models.charge(Meter.BYTES, "GiB", Models.flat("0.2"))), gib);
    assertThrows(IllegalArgumentException.class, () -> PricingUnit.parse("Gb", Meter.BYTES));
  }

  @Test
  void risesWithUsageAndIsContinuousAndItsMarginIsItsSlope() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    List<PriceModel> models =
        List.of(
            Models.model(bytes(GRADUATED)),
            Models.model(bytes(GRADUATED, Models.fixed("7", Allotment.Mode.DEDUCT))),
            Models.model(Models.quoted("3"), List.of(), bytes(GRADUATED)));
    for (int i = 0; i < 300; i++) {
      PriceModel model = models.get(i % models.size());
      BigDecimal at = BigDecimal.valueOf(random.nextLong(60_000_000_000L));
      BigDecimal more = BigDecimal.valueOf(1 + random.nextInt(1_000_000));
      Usage usage = new Usage(Map.of(Meter.BYTES, at));
      Money step = model.marginal(usage, Meter.BYTES, more);
      String what = "seed " + seed + " at " + at + " + " + more + ": " + step;
      assertTrue(step.signum() >= 0, what);
      Money most = new Money(new BigDecimal("0.35e-9").multiply(more), step.currency());
      assertTrue(step.compareTo(most) <= 0, what);
    }
  }

  @Test
  void readingsOfAWindowBecomeWhatIsBilled() {
    List<BigDecimal> hours = new ArrayList<>(Collections.nCopies(99, BigDecimal.ONE));
    hours.add(BigDecimal.TEN);
    assertEquals(BigDecimal.ONE, Aggregation.P99.of(hours));
    assertEquals(BigDecimal.TEN, Aggregation.MAX.of(hours));
    assertEquals(new BigDecimal("1.09"), Aggregation.AVG.of(hours));
    assertEquals(BigDecimal.valueOf(109), Aggregation.SUM.of(hours));
    hours.addAll(Collections.nCopies(6, BigDecimal.TEN));
    assertEquals(BigDecimal.TEN, Aggregation.P95.of(hours));
    assertEquals(BigDecimal.ZERO, Aggregation.P95.of(List.of()));
  }

  @Test
  void twoCurrenciesNeverMeet() {
    Money dollars = Money.of("1", "USD");
    Money euros = Money.of("1", "EUR");
    for (Runnable mixing :
        List.<Runnable>of(
            () -> dollars.plus(euros),
            () -> dollars.minus(euros),
            () -> dollars.compareTo(euros),
            () -> dollars.max(euros),
            () -> Pricing.calibrationOf(dollars, euros))) {
      String message = assertThrows(IllegalArgumentException.class, mixing::run).getMessage();
      assertTrue(message.contains("USD") && message.contains("EUR"), message);
    }
    assertEquals(Money.of("1.50", "USD"), Money.of("1.5", "USD"));
  }

  @Test
  void aMissingPriceIsNotZero() {
    Charge open = Models.charge(Meter.BYTES, "GB", null);
    PriceModel model = Models.model(open);
    Bill bill = model.bill(of(Meter.BYTES, "1e9"));
    assertEquals(List.of("bytes"), bill.unpriced());
    assertEquals(Money.zero(Currency.getInstance("USD")), bill.total());
    String message =
        assertThrows(IllegalArgumentException.class, () -> Models.pricing(model)).getMessage();
    assertTrue(message.contains("no published price"), message);
  }

  @Test
  void refusesUsageAndPricesBelowZero() {
    assertThrows(IllegalArgumentException.class, () -> of(Meter.BYTES, "-1"));
    assertThrows(IllegalArgumentException.class, () -> Models.quoted("-0.1"));
    assertThrows(IllegalArgumentException.class, () -> new Traffic(-1, 0, 0, 0));
  }
}
