package dev.spanthrift.agent.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SamplerCounts.Fate;
import dev.spanthrift.sampler.SamplerCounts.Held;
import dev.spanthrift.sampler.SamplerCounts.Received;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreasurerTest {
  @TempDir Path folder;
  private long receivedSpans;
  private long keptSpans;
  private long roots;
  private SpanContents contents = SpanContents.NONE;

  /** 1000 bytes a span. */
  private PipelineStatus status() {
    long dropped = receivedSpans - keptSpans;
    SamplerCounts spans =
        MadeStatus.spans(
            new Received(receivedSpans, receivedSpans * 1_000, roots),
            new Held(0, 0, 0, 1, 0),
            new Fate(keptSpans, keptSpans * 1_000, Map.of()),
            new Fate(dropped, dropped * 1_000, Map.of()),
            contents);
    return MadeStatus.status(
        0, 0, Map.of(), spans, new PipelineStatus.Shipping(0, 0, Map.of()), List.of(), List.of());
  }

  private SpanthriftSettings settings(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("settings.yaml"), yaml);
    return SettingsLoader.load(
            file, Map.of("SPANTHRIFT_STATE_DIR", folder.resolve("state").toString()))
        .settings();
  }

  private Treasurer open(String yaml) throws Exception {
    return Treasurer.open(settings(yaml), this::status);
  }

  @Test
  void showsPeriodBudgetSpentSavedAndCurrency() throws Exception {
    Treasurer treasurer =
        open(
            """
            price: {perGb: 2, currency: EUR, ownCpuHour: 0, ownMemoryGbHour: 0}
            budgets:
              - {name: all, amount: 100, period: day, zone: Europe/Berlin}
              - {name: cart, amount: 7.5, scope: {service.name: cart}}
            """);
    receivedSpans = 1_000_000;
    keptSpans = 100_000;
    treasurer.tick();
    Spend spend = treasurer.spend();
    assertEquals("EUR", spend.currency());
    assertEquals("flat", spend.model());
    assertEquals("day", spend.period().name());
    assertEquals(100, spend.budget());
    assertEquals(.2, spend.spent(), 1e-12);
    assertEquals(1.8, spend.saved(), 1e-12);
    assertEquals(2, spend.pricePerGigabyte(), 1e-9);
    assertEquals(2, spend.nextGigabyte(), 1e-6);
    assertNull(spend.priceRemark());
    assertEquals(
        "not enough data: 0 of 8 stretches of 30 min seen; a forecast comes in 4 h",
        spend.noForecast());
    assertNull(spend.remark());
    assertEquals(List.of("all", "cart"), spend.budgets().stream().map(b -> b.name()).toList());
    assertEquals(Map.of("service.name", "cart"), spend.budgets().get(1).scope());
    assertEquals(7.5, spend.budgets().get(1).budget());
    assertEquals(0, spend.budgets().get(1).spent());
    assertTrue(spend.budgets().getFirst().allowancePerHour() > 100 / 25.0);
    assertTrue(treasurer.allowancePerSecond() > 0);
  }

  @Test
  void otherBudgetsComeAndGoWhileItRunsAndOneOfTheSameNameGoesOn() throws Exception {
    Treasurer treasurer = open("price: {perGb: 2, ownCpuHour: 0, ownMemoryGbHour: 0}");
    receivedSpans = 1_000_000;
    keptSpans = 1_000_000;
    treasurer.tick();
    assertTrue(treasurer.isFree());
    assertTrue(treasurer.admits(Long.MAX_VALUE / 2));
    assertFalse(treasurer.isLimited());

    treasurer.rebudget(budgets("[{name: all, amount: 30}, {name: shop, amount: 5}]"));
    assertTrue(treasurer.isLimited());
    assertFalse(treasurer.isFree());
    double before = treasurer.allowancePerSecond();
    receivedSpans += 1_000_000;
    keptSpans += 100_000;
    treasurer.tick();
    Spend.BudgetSpend all = treasurer.spend().budgets().getFirst();
    Spend.BudgetSpend shop = treasurer.spend().budgets().get(1);
    assertEquals(2.2, all.spent(), 1e-9); // the books that watched were called so
    assertEquals(.2, shop.spent(), 1e-9);

    treasurer.rebudget(budgets("[{name: all, amount: 3000}, {name: shop, amount: 500}]"));
    assertEquals(2.2, treasurer.spend().budgets().getFirst().spent(), 1e-9);
    assertTrue(treasurer.allowancePerSecond() > 10 * before);
    assertThrows(
        ModelException.class,
        () -> treasurer.rebudget(budgets("[{name: all, amount: 1, currency: EUR}]")));
    assertEquals(3000, treasurer.spend().budgets().getFirst().budget());

    treasurer.rebudget(List.of());
    assertTrue(treasurer.isFree());
  }

  /** As when a controller's objects come after the start: until then nothing was limited. */
  @Test
  void aBudgetThatComesLaterIsNotHeldBackByWhatWasAllowedWithoutIt() throws Exception {
    long now = System.nanoTime();
    long wall = Instant.parse("2026-12-01T07:30:00Z").toEpochMilli();
    Treasurer treasurer =
        Treasurer.open(
            settings("price: {perGb: 2, ownCpuHour: 0, ownMemoryGbHour: 0}"),
            this::status,
            now,
            wall);
    double unlimited = 10 * treasurer.allowancePerSecond(); // what an allocation begins with
    treasurer.outstanding(unlimited);
    treasurer.rebudget(budgets("[{name: shop, amount: 300, period: day}]"), now, wall);
    double planned = treasurer.allowancePerSecond();
    assertTrue(planned >= 300e12 / 86_400, () -> "" + planned);
    for (int second = 1; second <= 30; second++) {
      treasurer.outstanding(unlimited); // a sampler at rest has not ticked since
      treasurer.tick(now + second * 1_000_000_000L, wall + second * 1_000L);
      double allowed = treasurer.allowancePerSecond();
      assertTrue(allowed > .5 * planned, () -> allowed + " of " + planned);
    }
  }

  private List<BudgetSettings> budgets(String yaml) throws Exception {
    return settings("budgets: " + yaml).budgets();
  }

  /** Ten minutes of silence in steps of a second, and in steps of ten. */
  @Test
  void booksThatRestedShowWhatBooksThatTickedShow() throws Exception {
    String yaml =
        "{price: {perGb: 2, ownCpuHour: 0, ownMemoryGbHour: 0},"
            + " budgets: [{name: hour, amount: 1, period: hour, policyShareMax: 50%}]}";
    long from = 7_000_000_000L;
    long wall = 1_800_000_000_000L;
    Treasurer ticked = Treasurer.open(settings(yaml), this::status, from, wall);
    Treasurer rested = Treasurer.open(settings(yaml), this::status, from, wall);
    int rests = 0;
    for (int second = 1; second <= 1_000; second++) {
      boolean silent = second >= 200 && second < 800;
      receivedSpans += silent ? 0 : 1_000;
      keptSpans += silent ? 0 : 100;
      ticked.tick(from + second * 1_000_000_000L, wall + second * 1_000L);
      if (!silent || second < 202 || second % 10 == 0 || second == 799) {
        rested.tick(from + second * 1_000_000_000L, wall + second * 1_000L);
        assertSame(ticked, rested, second);
      } else {
        rests++;
      }
    }
    assertTrue(rests > 500);
    assertTrue(ticked.spend().spent() > 0);
    assertNotNull(ticked.spend().budgets().getFirst().forecast());
  }

  private static void assertSame(Treasurer one, Treasurer other, int second) {
    String when = "second " + second;
    Spend.BudgetSpend a = one.spend().budgets().getFirst();
    Spend.BudgetSpend b = other.spend().budgets().getFirst();
    assertEquals(a.spent(), b.spent(), when);
    assertEquals(a.noForecast(), b.noForecast(), when);
    assertEquals(a.allowancePerHour(), b.allowancePerHour(), when);
    assertEquals(a.forecast(), b.forecast(), when);
  }

  @Test
  void saysWhyLessThanTheListPriceIsPaidAndWhySavedIsBelowZero() throws Exception {
    Treasurer treasurer =
        open("{price: {model: gcp-cloud-trace, ownCpuHour: 1000}, budgets: [{amount: 100}]}");
    receivedSpans = 10_000;
    keptSpans = 1_000;
    treasurer.tick();
    Spend spend = treasurer.spend();
    assertTrue(spend.pricePerGigabyte() > .1, () -> "" + spend);
    assertEquals(0, spend.nextGigabyte(), "2.5 million spans are included");
    assertTrue(String.valueOf(spend.priceRemark()).contains("included"), () -> "" + spend);
    assertEquals(0, spend.savedGross(), "what would have been included saves nothing");
    assertTrue(spend.ownCost() > 0 && spend.saved() < 0, () -> "" + spend);
    assertEquals(spend.savedGross() - spend.ownCost(), spend.saved(), 1e-12);
    assertTrue(String.valueOf(spend.remark()).contains("more than it has saved"), () -> "" + spend);
  }

  /** A vendor that counts events as records is owed for those that there were. */
  @Test
  void s4_eventsOfKeptSpansAreCountedAndNotAssumed() throws Exception {
    Treasurer treasurer = open("{price: {model: dash0}, budgets: [{amount: 100000}]}");
    receivedSpans = 200_000_000;
    keptSpans = 100_000_000;
    treasurer.tick();
    double without = treasurer.spend().spent();
    receivedSpans = 400_000_000;
    keptSpans = 200_000_000;
    contents = new SpanContents(0, 200_000_000, 1, 0, 0, 100_000_000, 100_000_000);
    treasurer.tick();
    double with = treasurer.spend().spent() - without;
    assertTrue(without > 0, "spent " + without);
    assertEquals(2, with / without, .05, "as many events as spans, and all of them kept");
  }

  /** Documents with the resource in each: the smaller the resource, the less each span costs. */
  @Test
  void s4_theEstimatorTakesResourcesAndAttributesAsTheyWereScanned() throws Exception {
    Treasurer treasurer =
        open("{price: {model: newrelic-original}, budgets: [{amount:" + " 100000}]}");
    double usual = treasurer.spend().pricePerGigabyte();
    receivedSpans = 10_000_000;
    keptSpans = 1_000_000;
    contents = new SpanContents(20_000_000, 0, 100_000, 10_000_000, 300_000, 0, 0);
    treasurer.tick();
    double before = treasurer.spend().spent();
    treasurer.tick();
    assertEquals(before, treasurer.spend().spent(), 1e-9, "new means alone charge nothing");
    receivedSpans = 20_000_000;
    keptSpans = 2_000_000;
    treasurer.tick();
    Spend spend = treasurer.spend();
    double measured = 1e9 * (spend.spent() - before) / 1e9; // 1e9 bytes were kept in between
    assertTrue(measured < .75 * usual, () -> measured + " instead of " + usual);
  }

  @Test
  void keepsTheBooksOverARestartAndIgnoresDamagedOnes() throws Exception {
    String yaml = "budgets: [{amount: 100}]";
    try (Treasurer first = open(yaml)) {
      receivedSpans = 2_000_000;
      keptSpans = 1_000_000;
      first.tick();
    }
    receivedSpans = 0;
    keptSpans = 0;
    Treasurer second = open(yaml);
    assertEquals(.5, second.spend().spent(), 1e-9);
    assertTrue(second.spend().ownCost() > 0);
    Path file = folder.resolve("state/budgets.bin");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertEquals(0, open(yaml).spend().spent());
    Files.write(file, new byte[0]);
    assertEquals(0, open(yaml).spend().spent());
  }

  /** Of an hour: money waits for four times two minutes at most. */
  @Test
  void s5_allowsOnlyWhatIsLeftBesideWhatWaitsInTheLedger() throws Exception {
    long now = System.nanoTime();
    long wall = Instant.parse("2026-12-01T09:55:00Z").toEpochMilli();
    Treasurer treasurer =
        Treasurer.open(settings("budgets: [{amount: 100, period: hour}]"), this::status, now, wall);
    assertEquals(100e12, 300 * treasurer.allowancePerSecond(), 1e12);
    treasurer.outstanding(50e12);
    treasurer.tick(now + 1_000_000_000L, wall + 1_000);
    assertEquals(50e12, 299 * treasurer.allowancePerSecond(), 1e12);
    treasurer.outstanding(100e12); // of which an allocation keeps what it may
    treasurer.tick(now + 11_000_000_000L, wall + 11_000);
    assertEquals(100e12, (289 + 480) * treasurer.allowancePerSecond(), 1e12);
  }

  @Test
  void closesThoughThePipelineNeverStarted() throws Exception {
    Treasurer treasurer =
        Treasurer.open(
            settings(""),
            () -> {
              throw new IllegalStateException("not started");
            });
    treasurer.close();
    assertTrue(Files.exists(folder.resolve("state/budgets.bin")));
  }

  /** Not the smallest of all budgets: one that does not pay for this traffic says nothing here. */
  @Test
  void whatMayBeSpentHereIsOfTheBudgetsThatPay() throws Exception {
    Treasurer treasurer =
        open(
            """
            price: {perGb: 2, ownCpuHour: 0, ownMemoryGbHour: 0}
            budgets:
              - {name: all, amount: 100, period: day}
              - {name: cart, amount: 0.001, scope: {service.name: cart}}
            """);
    receivedSpans = 1_000_000;
    keptSpans = 1_000;
    treasurer.tick();
    double allowed = Objects.requireNonNull(treasurer.allowanceHere());
    assertEquals(treasurer.allowancePerSecond(), allowed);
    assertTrue(allowed > 1e12 * 100 / 86_400 / 2, "" + allowed);
    assertNull(open("").allowanceHere());
  }

  /** What a question about other money is played with. */
  @Test
  void saysHowMoneyIsDividedAndWhatPoliciesMayTakeOfIt() throws Exception {
    Treasurer hourly =
        open(
            """
            price: {perGb: 2}
            budgets: [{name: all, amount: 1, period: hour, policyShareMax: 0.3}]
            hold: {limbo: 12s}
            """);
    hourly.tick();
    assertEquals(0.3, hourly.policyShareMax());
    assertEquals(Duration.ofMinutes(2), hourly.allocation().carryOver());
    assertEquals(Duration.ofSeconds(12), hourly.allocation().askAfter());
    assertEquals(Duration.ofSeconds(3), hourly.allocation().rootWait());
    Treasurer plain = open("");
    assertEquals(1, plain.policyShareMax());
    assertEquals(AllocationSettings.DEFAULT, plain.allocation());
  }

  @Test
  void ownCostSinceStartOnlyGrows() throws Exception {
    Treasurer treasurer = open("price: {ownMemoryGbHour: 1}");
    double before = treasurer.ownCostSinceStart();
    for (int i = 1; i <= 3; i++) {
      treasurer.tick(System.nanoTime() + i * 3_600_000_000_000L, i * 86_400_000L * 40);
      assertTrue(treasurer.ownCostSinceStart() > before, "over months, too");
      before = treasurer.ownCostSinceStart();
    }
  }

  @Test
  void limitsNothingWithoutABudget() throws Exception {
    Spend spend = open("").spend();
    assertNull(spend.budget());
    assertEquals("month", spend.period().name());
    assertNull(spend.budgets().getFirst().allowancePerHour());
  }

  @Test
  void runsOnEveryModelThatHasAPrice() throws Exception {
    for (String id : PriceModels.ids()) {
      PriceModel model = PriceModels.load(id);
      String yaml = "price: {model: %s, usage: {hosts: 1}}\nbudgets: [{amount: 50}]".formatted(id);
      if (!model.isComplete()) {
        String message = assertThrows(ModelException.class, () -> open(yaml)).getMessage();
        assertTrue(message.contains("has no published price of"), message);
        continue;
      }
      Files.deleteIfExists(folder.resolve("state/budgets.bin"));
      receivedSpans = 0;
      keptSpans = 0;
      Treasurer treasurer = open(yaml);
      receivedSpans = 15_000_000_000L;
      keptSpans = 9_000_000_000L;
      treasurer.tick();
      Spend spend = treasurer.spend();
      assertEquals(id, spend.model());
      assertTrue(spend.spent() >= 0, id);
      boolean hostsOnly = id.equals("splunk-o11y-apm-host") || id.equals("honeycomb-pro");
      assertEquals(hostsOnly, spend.spent() == 0, () -> id + " " + spend);
      assertEquals(hostsOnly, spend.pricePerGigabyte() == 0, () -> id + " " + spend);
    }
  }

  @Test
  void saysWhatIsWrongWithTheSettings() throws Exception {
    record Case(String yaml, String right) {}
    for (Case c :
        List.of(
            new Case("price: {model: grafana}", "did you mean grafana-cloud-traces?"),
            new Case("price: {usage: {host: 5}}", "a meter of the model: bytes"),
            new Case("price: {usage: {hosts: many}}", "price.usage.hosts = many: a number from 0"),
            new Case("price: {usage: {hosts: -1}}", "a number from 0"),
            new Case(
                "budgets: [{amount: 5, currency: CHF}]",
                "budgets[0].currency = CHF: USD, which is the price list's"))) {
      String message = assertThrows(ModelException.class, () -> open(c.yaml)).getMessage();
      assertTrue(message.contains(c.right), message);
    }
  }

  @Test
  void refusesANegativeBudgetWithKeyValueAndWhatWouldBeRight() {
    for (String yaml :
        List.of(
            "budgets: [{amount: -5}]",
            "budgets: [{amount: 5, hourlyMin: -1}]",
            "budgets: [{amount: 5, hourlyMax: -0.01}]")) {
      String message = assertThrows(Exception.class, () -> settings(yaml)).getMessage();
      assertTrue(message.contains("budgets[0].") && message.contains("from 0"), message);
    }
  }

  @Test
  void saysThatSamplingSavesNothingInsideAnAllotment() throws Exception {
    Treasurer treasurer = open("price: {model: gcp-cloud-trace}\nbudgets: [{amount: 5}]");
    assertTrue(treasurer.spend().remark().contains("sampling now saves nothing"));
    assertEquals(0, treasurer.spend().spent());
    assertTrue(treasurer.isFree(), "so all may be kept");
    assertTrue(treasurer.price().perSpan() > 0, "what-if asks by the model's own meters");
  }

  @Test
  void s4_aModelThatBillsTracesCountsThoseThatBeginHere() throws Exception {
    receivedSpans = 1_000_000_000L;
    keptSpans = 500_000_000L;
    Treasurer guessed = open("price: {model: aws-xray}\nbudgets: [{amount: 5000}]");
    guessed.tick();
    Files.deleteIfExists(folder.resolve("state/budgets.bin"));
    roots = 200_000_000L; // five spans each, not twenty
    Treasurer counted = open("price: {model: aws-xray}\nbudgets: [{amount: 5000}]");
    counted.tick();
    double usual = guessed.spend().spent();
    assertTrue(usual > 0);
    assertEquals(4, counted.spend().spent() / usual, 0.05);
  }

  @Test
  void s5_nothingIsFreeWhereSpansCostMoneyOrTheUserKeepsLess() throws Exception {
    assertFalse(open("budgets: [{amount: 5}]").isFree());
    String atMost = "price: {model: gcp-cloud-trace}\nbudgets: [{amount: 5, keepMax: 0.5}]";
    assertFalse(open(atMost).isFree());
  }

  @Test
  void s5_policiesMaySpendTheirShareAndNoMore() throws Exception {
    Treasurer treasurer = open("budgets: [{amount: 36, period: hour, policyShareMax: 0.25}]");
    double perSecond = treasurer.allowancePerSecond() * .25;
    long price = (long) (perSecond * 20);
    assertTrue(treasurer.admits(price) && treasurer.admits(price) && treasurer.admits(price));
    assertFalse(treasurer.admits(price), "a minute's share is there at the start, no more");
    Treasurer unlimited = open("budgets: [{amount: 36, period: hour}]");
    assertTrue(unlimited.admits(Long.MAX_VALUE));
  }
}
