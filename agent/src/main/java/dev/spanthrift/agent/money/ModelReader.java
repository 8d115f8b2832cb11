package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.Suggestions;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlReader;
import dev.spanthrift.sampler.budget.price.model.Allotment;
import dev.spanthrift.sampler.budget.price.model.Cap;
import dev.spanthrift.sampler.budget.price.model.Charge;
import dev.spanthrift.sampler.budget.price.model.Evidence;
import dev.spanthrift.sampler.budget.price.model.Fact;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import dev.spanthrift.sampler.budget.price.model.PricingUnit;
import dev.spanthrift.sampler.budget.price.model.Provenance;
import dev.spanthrift.sampler.budget.price.model.Quoted;
import dev.spanthrift.sampler.budget.price.model.Usage;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a price model from YAML, {@code spanthrift/price-model/1}.
 *
 * <p>A number is a plain one, or {@code {value, evidence, asOf, sources, note}} where its
 * provenance differs from the charge's, which inherits the model's.
 */
final class ModelReader {
  static final String SCHEMA = "spanthrift/price-model/1";
  private static final Currency USD = Currency.getInstance("USD");

  private final List<SettingProblem> problems;
  private final List<String> sources;

  private ModelReader(List<SettingProblem> problems, List<String> sources) {
    this.problems = problems;
    this.sources = sources;
  }

  /**
   * Reads one document.
   *
   * @param file its name, for the problems
   * @throws ModelException listing all problems with their lines
   */
  static PriceModel read(String text, String file) throws ModelException {
    List<SettingProblem> problems = new ArrayList<>();
    YamlNode root = YamlReader.read(text, file, problems);
    if (root == null) {
      if (problems.isEmpty()) {
        problems.add(new SettingProblem(file, null, file, "is empty; write a price model"));
      }
      throw new ModelException(problems);
    }
    Section section = new Section("", root, problems);
    List<String> sources = section.texts("sources");
    if (sources.isEmpty()) {
      section.problem("sources", "name at least one source; for a contract of yours, its name");
    }
    PriceModel model = new ModelReader(problems, sources).model(section);
    if (model == null || !problems.isEmpty()) {
      throw new ModelException(problems);
    }
    return model;
  }

  private @Nullable PriceModel model(Section s) {
    if (!s.text("schema").equals(SCHEMA)) {
      s.problem("schema", "write " + SCHEMA);
    }
    Provenance provenance =
        new Provenance(s.text("asOf"), evidence(s), sources.isEmpty() ? List.of("?") : sources);
    Window window = s.constant("window", Window.class, Window.MONTH);
    List<Charge> charges = new ArrayList<>();
    ChargeReader reader = new ChargeReader(this, provenance, window);
    s.sections("charges").forEach(c -> add(charges, reader.read(c)));
    if (charges.isEmpty()) {
      s.problem("charges", "a list of at least one charge");
    }
    List<Cap> caps = s.sections("caps").stream().map(c -> cap(c, provenance)).toList();
    List<Fact> facts = s.sections("facts").stream().map(f -> fact(f, provenance)).toList();
    List<PriceModel.Example> examples = s.sections("examples").stream().map(this::example).toList();
    try {
      PriceModel model =
          new PriceModel(
              s.text("id"),
              s.text("provider"),
              s.text("service"),
              s.text("plan"),
              s.has("regime") ? s.text("regime") : "",
              provenance,
              s.parsed("currency", Currency::getInstance, USD),
              s.optionalSection("units").map(u -> units(u, provenance)).orElse(null),
              s.has("zone") ? s.parsed("zone", ZoneId::of, ZoneOffset.UTC) : ZoneOffset.UTC,
              s.has("minimumFee") ? quoted(s, "minimumFee", provenance) : null,
              charges,
              caps,
              facts,
              examples);
      s.done();
      return model;
    } catch (IllegalArgumentException e) {
      s.problem("charges", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static <T> void add(List<T> list, @Nullable T element) {
    if (element != null) {
      list.add(element);
    }
  }

  private PriceModel.VirtualUnit units(Section s, Provenance provenance) {
    Quoted price = s.is("price", "unpublished") ? null : quoted(s, "price", provenance);
    PriceModel.VirtualUnit units = new PriceModel.VirtualUnit(s.text("name"), price);
    s.done();
    return units;
  }

  private Cap cap(Section s, Provenance provenance) {
    Meter meter = meter(s, "meter");
    Cap cap =
        new Cap(
            meter,
            unit(s, meter),
            s.has("quantity") ? quoted(s, "quantity", provenance) : null,
            s.constant("window", Window.class, Window.MONTH),
            s.text("action"));
    s.done();
    return cap;
  }

  private Fact fact(Section s, Provenance provenance) {
    Fact fact = new Fact(s.text("name"), s.text("value"), provenance(s, provenance));
    s.done();
    return fact;
  }

  private PriceModel.Example example(Section s) {
    Section usage = s.section("usage");
    Map<Meter, BigDecimal> quantities = new EnumMap<>(Meter.class);
    for (String key : usage.keys().keySet()) {
      Meter.of(key)
          .ifPresentOrElse(
              meter -> quantities.put(meter, usage.decimal(key)),
              () -> usage.problem(key, unknownMeter(key)));
    }
    PriceModel.Example example =
        new PriceModel.Example(s.text("name"), new Usage(quantities), s.decimal("expect"));
    s.done();
    return example;
  }

  static Meter meter(Section s, String key) {
    return s.parsed(
        key,
        text -> Meter.of(text).orElseThrow(() -> new IllegalArgumentException(unknownMeter(text))),
        Meter.MONTHS);
  }

  private static String unknownMeter(String text) {
    List<String> known = Arrays.stream(Meter.values()).map(Meter::id).toList();
    String near = Suggestions.nearest(text, known).map(m -> "; did you mean " + m + "?").orElse("");
    return "no meter" + near + " There are " + String.join(", ", known);
  }

  static PricingUnit unit(Section s, Meter meter) {
    return s.parsed(
        "unit", text -> PricingUnit.parse(text, meter), new PricingUnit("?", BigDecimal.ONE));
  }

  /** A number with its provenance. */
  Quoted quoted(Section s, String key, Provenance inherited) {
    if (!s.has(key) || !s.isSection(key)) {
      return new Quoted(s.decimal(key), inherited);
    }
    Section number = s.section(key);
    Quoted quoted = new Quoted(number.decimal("value"), provenance(number, inherited));
    number.optional("note");
    number.done();
    return quoted;
  }

  /** The section's own where it says something, else what is inherited. */
  Provenance provenance(Section s, Provenance inherited) {
    String asOf = s.has("asOf") ? s.text("asOf") : inherited.asOf();
    Evidence evidence = s.has("evidence") ? evidence(s) : inherited.evidence();
    List<String> own = s.texts("sources").stream().map(text -> source(s, text)).toList();
    return new Provenance(asOf, evidence, own.isEmpty() ? inherited.sources() : own);
  }

  private String source(Section s, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= sources.size()) {
        return sources.get(number - 1);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    s.problem("sources", "numbers of the model's sources, 1 to " + sources.size());
    return "?";
  }

  private static Evidence evidence(Section s) {
    return s.parsed(
        "evidence",
        text ->
            Arrays.stream(Evidence.values())
                .filter(evidence -> evidence.letter().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("write one of V, S, M, D, O")),
        Evidence.OPERATOR);
  }

  List<SettingProblem> problems() {
    return problems;
  }

  List<Allotment> allotments(Section charge, Provenance provenance) {
    List<Allotment> allotments = new ArrayList<>();
    for (Section s : charge.sections("allotments")) {
      boolean share = s.has("shareOf");
      boolean per = s.has("per");
      Meter of = share ? meter(s, "shareOf") : per ? meter(s, "per") : null;
      Allotment.Kind kind =
          share ? Allotment.Kind.SHARE : per ? Allotment.Kind.PER : Allotment.Kind.FIXED;
      allotments.add(
          new Allotment(
              quoted(s, "quantity", provenance),
              kind,
              of,
              s.constant("mode", Allotment.Mode.class, Allotment.Mode.DEDUCT),
              s.optional("pooled")));
      s.done();
    }
    return allotments;
  }
}
