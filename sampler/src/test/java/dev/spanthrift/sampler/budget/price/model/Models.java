package dev.spanthrift.sampler.budget.price.model;

import dev.spanthrift.sampler.budget.price.Pricing;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;

/** Small price models for tests, charge by charge. */
public final class Models {
  private static final Provenance TEST =
      new Provenance("2026-11", Evidence.OPERATOR, List.of("test"));

  private Models() {}

  public static Quoted quoted(String value) {
    return new Quoted(new BigDecimal(value), TEST);
  }

  public static TierCurve flat(String price) {
    return TierCurve.flat(quoted(price));
  }

  /** Pairs of border and price; the last border is "open". */
  public static TierCurve tiers(TierCurve.Mode mode, String... bordersAndPrices) {
    List<TierCurve.Step> steps = new ArrayList<>();
    for (int i = 0; i < bordersAndPrices.length; i += 2) {
      String border = bordersAndPrices[i];
      steps.add(
          new TierCurve.Step(
              border.equals("open") ? null : new BigDecimal(border),
              quoted(bordersAndPrices[i + 1])));
    }
    return new TierCurve(mode, steps);
  }

  public static Allotment fixed(String quantity, Allotment.Mode mode) {
    return new Allotment(quoted(quantity), Allotment.Kind.FIXED, null, mode, null);
  }

  public static Charge charge(Meter meter, String unit, TierCurve curve, Allotment... allotments) {
    return new Charge(
        meter.id(),
        meter,
        PricingUnit.parse(unit, meter),
        curve,
        null,
        List.of(allotments),
        null,
        Window.MONTH,
        Aggregation.SUM,
        Rounding.NONE,
        meter == Meter.BYTES ? ByteEstimator.OTLP_PROTO_REPEATED : null,
        null,
        null,
        Map.of(),
        true,
        TEST,
        null);
  }

  public static Charge with(Charge c, Window window, Commitment commitment, Rounding rounding) {
    return new Charge(
        c.id(),
        c.meter(),
        c.unit(),
        c.curve(),
        c.contracted(),
        c.allotments(),
        commitment,
        window,
        c.aggregation(),
        rounding,
        c.bytes(),
        c.perUnit(),
        c.retention(),
        c.routes(),
        c.controllable(),
        c.provenance(),
        c.note());
  }

  public static PriceModel model(Charge... charges) {
    return model(null, List.of(), charges);
  }

  public static PriceModel model(Quoted minimumFee, List<Cap> caps, Charge... charges) {
    return new PriceModel(
        "test",
        "Test",
        "Traces",
        "plan",
        "",
        TEST,
        Currency.getInstance("USD"),
        null,
        ZoneOffset.UTC,
        minimumFee,
        List.of(charges),
        caps,
        List.of(),
        List.of());
  }

  public static Pricing pricing(PriceModel model) {
    return new Pricing(model, BigDecimal.ONE, Usage.NONE, SpanCounters.USUAL);
  }

  /** One price a gigabyte of span bytes, the resource left out of it. */
  public static Pricing perGigabyte(String price) {
    return perGigabyte(price, "0");
  }

  /** The same with so many gigabytes included. */
  public static Pricing perGigabyte(String price, String included) {
    SpanCounters bare = new SpanCounters(500, 0, 0, 0, 0, 1, 0, 0, 0);
    return new Pricing(
        model(charge(Meter.BYTES, "GB", flat(price), fixed(included, Allotment.Mode.DEDUCT))),
        BigDecimal.ONE,
        Usage.NONE,
        bare);
  }
}
