package dev.spanthrift.agent.control.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ReportApiTest {
  private static final Interval NOBODY_ASKS = new Interval(0, null, null, null);
  private static final long NOON =
      1_700_000_000_000L - 1_700_000_000_000L % 86_400_000 + 43_200_000;

  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void start() throws Exception {
    port = AdminPort.startWithRealPolicies(directory);
    set(port, 1_000);
  }

  @AfterEach
  void stop() {
    port.close();
  }

  /** So many spans of cart, a tenth of them kept; twice as many of shop, none. */
  private static void set(AdminPort of, long spans) {
    of.pipeline.measured = List.of(measured("cart", spans), measured("shop", 2 * spans));
    of.pipeline.kept =
        List.of(
            new KeptOperation(
                "cart",
                "GET /",
                spans / 10,
                spans / 50,
                spans * 50,
                0.1,
                NOBODY_ASKS,
                NOBODY_ASKS,
                null,
                null,
                null));
  }

  private static MeasuredOperation measured(String service, long spans) {
    long[] buckets = {spans};
    return new MeasuredOperation(
        service, "GET /", spans, spans / 50, spans * 500, 1e9, 0, 80, buckets);
  }

  private JsonNode get(String query) {
    return port.client()
        .get()
        .uri("/api/v1/report" + query)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  @Test
  void saysWhatWasPaidSavedAndLost() {
    JsonNode report = get("");
    assertEquals(List.of(), OpenApi.get().mismatches("Report", report));
    JsonNode total = report.path("total");
    assertEquals(3_000, total.path("receivedSpans").asLong());
    assertEquals(100, total.path("keptSpans").asLong());
    assertEquals(1_500_000 * 0.5 / 1e9, total.path("listPrice").asDouble(), 1e-12);
    assertEquals(50_000 * 0.5 / 1e9, total.path("paid").asDouble(), 1e-12);
    assertEquals(
        total.path("listPrice").asDouble()
            - total.path("paid").asDouble()
            - total.path("ownCost").asDouble(),
        total.path("saved").asDouble(),
        1e-12);
    assertEquals("shop", report.at("/services/0/service").asString(), "the dearest first");
    assertEquals(1, report.at("/lost/errorSignaturesNeverKept").asInt());
    assertEquals("io: timeout", report.at("/lost/signatures/0/error").asString());
    assertEquals("trial", report.at("/shadows/0/policy").asString());
    assertEquals(3_000, get("").at("/total/receivedSpans").asLong(), "asking counts nothing twice");
    assertEquals(1_000, get("?service=cart").at("/total/receivedSpans").asLong());
    port.client().get().uri("/api/v1/report?days=63").exchange().expectStatus().isEqualTo(422);
  }

  @Test
  void aDayAfterARestartIsNoShadow() {
    port.pipeline.status = FakePipeline.status(20, Map.of()); // nothing was dropped yet
    assertEquals("enforcing", get("").path("mode").asString(), "its days say otherwise");
  }

  /** Own cost begins anew with each period of the first budget. */
  @Test
  void ownCostIsCountedOverTheEndOfAPeriod() {
    double[] cost = {0.25};
    SpendView spend =
        new SpendView() {
          @Override
          public Spend spend() {
            return port.money.spend();
          }

          @Override
          public double ownCostSinceStart() {
            return cost[0];
          }
        };
    ReportBooks books = new ReportBooks(null, spend);
    cost[0] = 1.5;
    books.count(new OperationHistory.Reading(0, Map.of(), Map.of()));
    cost[0] = 2.25;
    books.count(new OperationHistory.Reading(60_000, Map.of(), Map.of()));
    double counted =
        books.days().values().stream()
            .flatMap(day -> day.values().stream())
            .mapToDouble(ReportSums::ownCost)
            .sum();
    assertEquals(2, counted, 1e-9);
  }

  @Test
  void survivesARestart() throws Exception {
    get("");
    port.close();
    port = AdminPort.startWithRealPolicies(directory);
    set(port, 500);
    assertEquals(4_500, get("").at("/total/receivedSpans").asLong());
    port.close();
    Files.writeString(directory.resolve("state").resolve(ReportBooks.FILE), "{\"2026\": 3}");
    port = AdminPort.startWithRealPolicies(directory);
    set(port, 500);
    assertEquals(1_500, get("").at("/total/receivedSpans").asLong());
  }

  @Test
  void eachDayHasItsOwnSums() {
    ReportBooks books = new ReportBooks(null, port.money);
    long[] clock = {NOON};
    OperationHistory history = new OperationHistory(port.pipeline, () -> clock[0]);
    books.count(history.now());
    clock[0] += 86_400_000;
    set(port, 1_300);
    books.count(history.now());
    LocalDate first = ReportBooks.day(NOON);
    assertEquals(1_000, books.days().get(first).get("cart").receivedSpans());
    assertEquals(300, books.days().get(first.plusDays(1)).get("cart").receivedSpans());
    for (int i = 0; i < 2 * ReportBooks.DAYS_MAX; i++) {
      clock[0] += 86_400_000;
      set(port, 1_400 + i);
      books.count(history.now());
    }
    assertEquals(ReportBooks.DAYS_MAX, books.days().size());
  }

  @Test
  void manyServicesShareOneRow() {
    ReportBooks books = new ReportBooks(null, port.money);
    port.pipeline.kept = List.of();
    port.pipeline.measured =
        java.util.stream.IntStream.range(0, 100).mapToObj(i -> measured("s" + i, 100)).toList();
    OperationHistory history = new OperationHistory(port.pipeline, () -> NOON);
    books.count(history.now());
    var day = books.days().get(ReportBooks.day(NOON));
    assertTrue(day.size() <= ReportBooks.SERVICES_MAX + 1, day.keySet().toString());
    assertEquals(10_000, day.values().stream().mapToLong(ReportSums::receivedSpans).sum());
  }

  @Test
  void whatCannotBeSavedIsCounted() throws Exception {
    Path state = Files.writeString(directory.resolve("no-directory"), "");
    ReportBooks books = new ReportBooks(state, port.money);
    long failures = Guarded.failures().getOrDefault(ReportBooks.SAVE, 0L);
    books.close(new OperationHistory(port.pipeline, () -> NOON));
    assertTrue(Guarded.failures().getOrDefault(ReportBooks.SAVE, 0L) > failures);
  }

  /** The thread that counts money counts these, too. */
  @Test
  void whoCountsDoesNotWaitForTheDisk() {
    List<Runnable> later = new ArrayList<>();
    ReportBooks books = new ReportBooks(directory, port.money, later::add);
    books.count(new OperationHistory(port.pipeline, () -> NOON).now());
    assertFalse(Files.exists(directory.resolve(ReportBooks.FILE)));
    later.forEach(Runnable::run);
    assertEquals(books.days(), new ReportBooks(directory, port.money).days());
  }

  /** As at an end, when the timer takes nothing more. */
  @Test
  void whatWasToBeWrittenLaterIsWrittenAtTheEnd() {
    ReportBooks books = new ReportBooks(directory, port.money, never -> {});
    OperationHistory history = new OperationHistory(port.pipeline, () -> NOON);
    books.count(history.now());
    books.close(history);
    assertEquals(books.days(), new ReportBooks(directory, port.money).days());
    assertEquals(1_000, books.days().get(ReportBooks.day(NOON)).get("cart").receivedSpans());
  }
}
