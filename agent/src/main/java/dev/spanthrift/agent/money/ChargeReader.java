package dev.spanthrift.agent.money;

import dev.spanthrift.sampler.budget.price.model.Aggregation;
import dev.spanthrift.sampler.budget.price.model.ByteEstimator;
import dev.spanthrift.sampler.budget.price.model.Charge;
import dev.spanthrift.sampler.budget.price.model.Commitment;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.Provenance;
import dev.spanthrift.sampler.budget.price.model.Quoted;
import dev.spanthrift.sampler.budget.price.model.Retention;
import dev.spanthrift.sampler.budget.price.model.Rounding;
import dev.spanthrift.sampler.budget.price.model.TierCurve;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one charge of a price model. */
final class ChargeReader {
  private final ModelReader model;
  private final Provenance inherited;
  private final Window window;

  ChargeReader(ModelReader model, Provenance inherited, Window window) {
    this.model = model;
    this.inherited = inherited;
    this.window = window;
  }

  /** Null when it contradicts itself; then a problem was added. */
  @Nullable Charge read(Section s) {
    Provenance provenance = model.provenance(s, inherited);
    Meter meter = ModelReader.meter(s, "meter");
    try {
      Charge charge =
          new Charge(
              s.text("id"),
              meter,
              ModelReader.unit(s, meter),
              curve(s, provenance),
              s.has("contracted") ? model.quoted(s, "contracted", provenance) : null,
              model.allotments(s, provenance),
              s.optionalSection("commitment").map(c -> commitment(c, provenance)).orElse(null),
              s.constant("window", Window.class, window),
              s.constant("aggregate", Aggregation.class, Aggregation.SUM),
              s.constant("rounding", Rounding.class, Rounding.NONE),
              s.has("bytes") ? s.parsed("bytes", ChargeReader::rule, ByteEstimator.UNKNOWN) : null,
              s.optionalSection("perUnit").map(p -> perUnit(p, provenance)).orElse(null),
              s.optionalSection("retention").map(r -> retention(r, provenance)).orElse(null),
              routes(s, provenance),
              s.flag("controllable"),
              provenance,
              s.optional("note"));
      s.done();
      return charge;
    } catch (IllegalArgumentException e) {
      s.problem("tiers", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static ByteEstimator rule(String text) {
    List<String> known = Arrays.stream(ByteEstimator.values()).map(ByteEstimator::id).toList();
    return ByteEstimator.of(text)
        .orElseThrow(
            () -> new IllegalArgumentException("write one of " + String.join(", ", known)));
  }

  private @Nullable TierCurve curve(Section s, Provenance provenance) {
    if (s.has("tiers")) {
      return tiers(s.section("tiers"), provenance);
    }
    if (!s.has("price")) {
      s.problem("price", "price or tiers are needed; price: unpublished where there is none");
      return null;
    }
    return s.is("price", "unpublished")
        ? null
        : TierCurve.flat(model.quoted(s, "price", provenance));
  }

  private TierCurve tiers(Section s, Provenance provenance) {
    TierCurve.Mode mode = s.constant("mode", TierCurve.Mode.class);
    List<TierCurve.Step> steps =
        s.sections("steps").stream().map(step -> step(step, provenance)).toList();
    s.done();
    return new TierCurve(mode, steps);
  }

  private TierCurve.Step step(Section s, Provenance provenance) {
    if (!s.has("upTo")) {
      s.problem("upTo", "is needed; upTo: open for the last step");
    }
    BigDecimal upTo = s.is("upTo", "open") ? null : s.decimal("upTo");
    TierCurve.Step step = new TierCurve.Step(upTo, model.quoted(s, "price", provenance));
    s.done();
    return step;
  }

  private Commitment commitment(Section s, Provenance provenance) {
    Commitment commitment =
        new Commitment(
            s.has("quantity") ? model.quoted(s, "quantity", provenance) : null,
            s.has("fee") ? model.quoted(s, "fee", provenance) : null,
            s.has("overageMultiplier")
                ? model.quoted(s, "overageMultiplier", provenance)
                : new Quoted(BigDecimal.ONE, provenance));
    s.done();
    return commitment;
  }

  private Charge.PerUnit perUnit(Section s, Provenance provenance) {
    Charge.PerUnit perUnit =
        new Charge.PerUnit(ModelReader.meter(s, "of"), model.quoted(s, "quantity", provenance));
    s.done();
    return perUnit;
  }

  private Retention retention(Section s, Provenance provenance) {
    Quoted included = model.quoted(s, "includedDays", provenance);
    Retention retention =
        new Retention(
            included,
            s.has("days") ? s.decimal("days") : included.value(),
            s.has("incrementDays") ? model.quoted(s, "incrementDays", provenance) : null,
            s.has("ratio") ? model.quoted(s, "ratio", provenance) : null);
    s.done();
    return retention;
  }

  private Map<String, Quoted> routes(Section s, Provenance provenance) {
    Map<String, Quoted> routes = new LinkedHashMap<>();
    s.optionalSection("routes")
        .ifPresent(
            r -> r.keys().keySet().forEach(k -> routes.put(k, model.quoted(r, k, provenance))));
    return routes;
  }
}
