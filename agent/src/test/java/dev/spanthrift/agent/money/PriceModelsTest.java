package dev.spanthrift.agent.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.price.model.Bill;
import dev.spanthrift.sampler.budget.price.model.Charge;
import dev.spanthrift.sampler.budget.price.model.Evidence;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceModelsTest {
  private static final Path MODELS =
      Path.of("src/main/resources/dev/spanthrift/agent/money/models");

  @TempDir Path folder;

  private static List<PriceModel> all() throws Exception {
    List<PriceModel> models = new ArrayList<>();
    for (String id : PriceModels.ids()) {
      models.add(PriceModels.load(id));
    }
    return models;
  }

  @Test
  void shipsEveryModelOfTheFolder() throws Exception {
    Set<String> files = new TreeSet<>();
    try (var list = Files.list(MODELS)) {
      list.map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .forEach(name -> files.add(name.replace(".yaml", "")));
    }
    assertEquals(List.copyOf(files), PriceModels.ids());
    assertEquals(27, files.size());
    assertEquals(PriceModels.ids(), all().stream().map(PriceModel::id).toList());
    assertEquals(53, all().stream().mapToInt(model -> model.charges().size()).sum());
  }

  @Test
  void reproducesEveryGoldenBillToTheLastDigit() throws Exception {
    int bills = 0;
    for (PriceModel model : all()) {
      for (PriceModel.Example example : model.examples()) {
        Bill bill = model.bill(example.usage());
        Money expected = new Money(example.expect(), model.currency());
        assertEquals(expected, bill.total(), model.id() + ": " + example.name());
        assertEquals(List.of(), bill.unpriced(), model.id());
        bills++;
      }
    }
    assertEquals(25, bills);
  }

  @Test
  void saysWhereEveryFigureComesFrom() throws Exception {
    for (PriceModel model : all()) {
      for (Charge charge : model.charges()) {
        assertFalse(charge.provenance().asOf().isBlank(), charge.id());
        assertFalse(charge.provenance().sources().contains("?"), charge.id());
      }
      assertTrue(
          model.facts().stream().noneMatch(fact -> fact.provenance().sources().isEmpty()),
          model.id());
    }
    PriceModel sentry = PriceModels.load("sentry-team");
    var steps = sentry.charges().get(1).curve().steps();
    assertEquals(Evidence.SECONDHAND, steps.getFirst().price().provenance().evidence());
    assertEquals(Evidence.VENDOR, steps.getLast().price().provenance().evidence());
    assertTrue(steps.getFirst().price().provenance().sources().getFirst().contains("urgentry"));
  }

  @Test
  void knowsWhichModelsHaveNoPublishedPrice() throws Exception {
    Set<String> incomplete = new TreeSet<>();
    for (PriceModel model : all()) {
      if (!model.isComplete()) {
        incomplete.add(model.id());
      }
    }
    assertEquals(
        Set.of(
            "chronosphere",
            "elastic-serverless-observability",
            "observe",
            "servicenow-cloud-observability"),
        incomplete);
  }

  @Test
  void namesNearModelsWhenOneIsUnknown() {
    ModelException e = assertThrows(ModelException.class, () -> PriceModels.load("datadog"));
    assertTrue(e.getMessage().contains("did you mean datadog-apm?"), e.getMessage());
    e = assertThrows(ModelException.class, () -> PriceModels.load("signoz-clod"));
    assertTrue(e.getMessage().contains("signoz-cloud"), e.getMessage());
    e = assertThrows(ModelException.class, () -> PriceModels.load("xyz"));
    assertTrue(e.getMessage().contains("aws-xray, axiom-cloud"), e.getMessage());
    e = assertThrows(ModelException.class, () -> PriceModels.load("no/such.yaml"));
    assertTrue(e.getMessage().contains("no/such.yaml: no such file"), e.getMessage());
  }

  private static final String OWN =
      """
      schema: spanthrift/price-model/1
      id: ours
      provider: Us
      service: Store
      plan: contract 17
      asOf: "2026-11"
      evidence: O
      sources: [contract 17]
      currency: EUR
      charges:
        - id: ours.bytes
          meter: bytes
          unit: GB
          price: 0.125
          bytes: otlp_proto_amortized
          controllable: true
      """;

  private ModelException refused(String from, String to) throws Exception {
    assertTrue(OWN.contains(from), from);
    Path file = Files.writeString(folder.resolve("own.yaml"), OWN.replace(from, to));
    return assertThrows(ModelException.class, () -> PriceModels.load(file.toString()));
  }

  @Test
  void takesAUsersOwnModelFromAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("own.yaml"), OWN);
    PriceModel model = PriceModels.load(file.toString());
    assertEquals("EUR", model.currency().getCurrencyCode());
    assertEquals(Evidence.OPERATOR, model.charges().getFirst().provenance().evidence());
  }

  @Test
  void saysFileLineAndKeyOfABadNumber() throws Exception {
    assertEquals(
        "charges[0].price = a lot (own.yaml:14): write a number such as 0.50",
        refused("0.125", "a lot").getMessage());
    assertTrue(refused("0.125", "-1").getMessage().contains("own.yaml:14): write a number of at"));
    assertTrue(refused("0.125", "1e99").getMessage().contains("at most 40 digits"));
    assertTrue(refused("0.125", "{value: x}").getMessage().contains("charges[0].price.value = x"));
  }

  @Test
  void saysWhatWouldBeRightForEveryOtherMistake() throws Exception {
    record Case(String from, String to, String right) {}
    for (Case c :
        List.of(
            new Case("meter: bytes", "meter: byte", "did you mean bytes?"),
            new Case("unit: GB", "unit: Gb", "GiB or TiB"),
            new Case("unit: GB", "unti: GB", "charges[0].unti"),
            new Case("price: 0.125", "note: x", "price: unpublished where there is none"),
            new Case("bytes: otlp_proto_amortized", "bytes: weight", "flat_json_doc"),
            new Case("controllable: true", "controllable: maybe", "write true or false"),
            new Case("evidence: O", "evidence: X", "V, S, M, D, O"),
            new Case("currency: EUR", "currency: GOLD", "currency = GOLD"),
            new Case("sources: [contract 17]", "sources: []", "at least one source"),
            new Case("schema: spanthrift/price-model/1", "schema: 2", "price-model/1"),
            new Case(
                "price: 0.125",
                "tiers: {mode: graduated, steps: [{upTo: 1, price: 1}]}",
                "the last step must be open"),
            new Case(
                "price: 0.125",
                "tiers: {mode: volume, steps: [{upTo: 2, price: 1}, {upTo: 1, price: 1}]}",
                "steps must rise"),
            new Case("id: ours\n", "", "id (own.yaml:1): is needed"),
            new Case(OWN.substring(OWN.indexOf("charges")), "charges: []\n", "at least one"),
            new Case(OWN, "", "is empty"))) {
      String message = refused(c.from, c.to).getMessage();
      assertTrue(message.contains(c.right), () -> c.to + " → " + message);
      assertTrue(message.contains("own.yaml"), message);
    }
  }
}
