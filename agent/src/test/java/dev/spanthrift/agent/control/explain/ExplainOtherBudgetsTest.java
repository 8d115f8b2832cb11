package dev.spanthrift.agent.control.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.ZstdCodec;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.agent.simulation.TraceFate;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.LearnedState;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.policy.FleetRates;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What other money would have made of a trace, beside what samplers with that money decide. */
class ExplainOtherBudgetsTest {
  private static final String BUDGET =
      "budgets: [{name: all, amount: 8, period: month}]\nprice: {perGb: 0.5}\n";
  private static final long MILLI = 1_000_000;
  private static final double ALLOWANCE = 3e6; // picos a second

  private final DecisionLog log = new DecisionLog(8 << 20, System::currentTimeMillis);
  private final List<ExportTraceServiceRequest> requests = new MadeTraffic(821, 240).recorded();
  private final Scanner scanner = new Scanner(100_000);
  private final long began = System.currentTimeMillis() - 60_000;
  private SpanRing.@Nullable LearnedBefore learned;
  private AdminPort port;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    port = AdminPort.startWithBudget(directory, BUDGET);
    port.pipeline.decisions = log;
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private long arrived(int request) {
    return began + 300L * request;
  }

  private void record(int from) {
    record(from, null);
  }

  /** The requests from there on, and what the sampler had learned by then. */
  private void record(int from, SpanRing.@Nullable LearnedBefore learned) {
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    if (learned != null) {
      ring.learned(learned);
    }
    for (int i = from; i < requests.size(); i++) {
      byte[] request = requests.get(i).toByteArray();
      ring.record(scanner.scan(request, 0, request.length), arrived(i));
    }
    port.pipeline.recorded = ring;
  }

  /** What is granted, whichever day of the month it is. */
  private SpendView spend() {
    return new SpendView() {
      @Override
      public Spend spend() {
        return port.money.spend();
      }

      @Override
      public SpanPrice price() {
        return port.money.price();
      }

      @Override
      public Double allowanceHere() {
        return ALLOWANCE;
      }
    };
  }

  /** Decisions of a sampler that gets the requests as a sidecar would, by trace. */
  private Map<String, LoggedDecision> decide(double allowance, DecisionLog into) {
    return decide(ALLOWANCE, allowance, 0, into);
  }

  /** The same with other money from a request on; {@link #learned} is from just before it. */
  private Map<String, LoggedDecision> decide(
      double first, double then, int from, DecisionLog into) {
    AllocationSettings settings = AllocationSettings.DEFAULT;
    double[] allowance = {from == 0 ? then : first};
    BudgetParts parts =
        new BudgetParts(
            settings,
            () -> new Allowance.PerSecond(allowance[0]),
            port.money.price()::price,
            new InProcessKeepLedger(true, settings.askAfter(), 1000),
            FleetSums.inProcess(),
            "me",
            Treasury.PLAIN);
    Sampler sampler =
        new Sampler(
            port.pipeline.sampler(),
            new PolicyJudge(
                port.store.current().set(), FleetRates.ALONE, port.store.current().version()),
            ZstdCodec.orDeflate(),
            parts);
    sampler.explainIn(into);
    long second = 1_000 * MILLI;
    long tick = arrived(0) * MILLI; // a sidecar ticks from its start on
    for (int i = 0; i < requests.size(); i++) {
      long now = arrived(i) * MILLI;
      if (i == from) {
        allowance[0] = then;
        learned = learned(sampler, arrived(i) - 1);
      }
      for (; tick <= now; tick += second) {
        sampler.decide(tick);
        sampler.tell(tick);
      }
      byte[] request = requests.get(i).toByteArray();
      sampler.hold(scanner.scan(request, 0, request.length), now);
    }
    for (int s = 0; s < 120; s++, tick += second) {
      sampler.decide(tick);
      sampler.tell(tick);
    }
    sampler.decideAll(tick);
    Map<String, LoggedDecision> decided = new HashMap<>();
    for (LoggedDecision each : into.recent(Long.MAX_VALUE, 10_000, all -> true).reversed()) {
      decided.put(new TraceId(each.traceIdHigh(), each.traceIdLow()).toString(), each);
    }
    return decided;
  }

  private static SpanRing.LearnedBefore learned(Sampler sampler, long unixMillis) {
    LearnedState.Writer writer = sampler.learned(unixMillis);
    while (writer.step(unixMillis * MILLI)) {}
    return new SpanRing.LearnedBefore(unixMillis, writer.finish());
  }

  /** A machine that is busy with other things may take too long at first, which is an answer. */
  private JsonNode explain(String id, String query) {
    JsonNode answer = explainOnce(id, query);
    for (int i = 0; i < 100 && answer.toString().contains("playsTooLong"); i++) {
      answer = explainOnce(id, query);
    }
    return answer;
  }

  private JsonNode explainOnce(String id, String query) {
    byte[] body =
        port.client()
            .get()
            .uri("/api/v1/traces/" + id + "/explain" + query)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    JsonNode answer = JsonMapper.shared().readTree(Objects.requireNonNull(body));
    assertEquals(List.of(), OpenApi.get().mismatches("Explanation", answer));
    return answer;
  }

  /** The same without a limit of time, which says nothing of a machine that others use, too. */
  private JsonNode patiently(String id, @Nullable String budget) throws Exception {
    RingQuestions questions = new RingQuestions(port.pipeline, spend(), new HeapRoom());
    OtherBudgets budgets = new OtherBudgets(port.store, spend(), questions, Duration.ofMinutes(5));
    TraceId trace = TraceId.parse(id);
    SpanRing ring = port.pipeline.recorded;
    SpanRing.Snapshot recorded = ring == null ? null : ring.snapshot(System.currentTimeMillis());
    byte[] spans = recorded == null ? new byte[0] : recorded.trace(trace.high(), trace.low());
    OtherBudgets.Asked asked =
        budget == null ? null : new OtherBudgets.Asked(budget, questions.means(budget));
    return JsonMapper.shared()
        .valueToTree(
            Map.of(
                "otherwise",
                budgets.of(log.of(trace.high(), trace.low()), recorded, spans, asked)));
  }

  private static JsonNode under(JsonNode answer, String name) {
    for (JsonNode other : answer.path("otherwise")) {
      if (other.path("under").asString().startsWith(name)) {
        return other;
      }
    }
    throw new AssertionError("nothing under " + name + ": " + answer);
  }

  private static String outcome(LoggedDecision decision) {
    return decision.outcome() == Conclusion.KEPT ? "kept" : "dropped";
  }

  @Test
  void sayOfEachTraceWhatASamplerWithThatBudgetDecides() throws Exception {
    record(0);
    Map<String, LoggedDecision> now = decide(ALLOWANCE, log);
    Map<String, LoggedDecision> twice = decide(2 * ALLOWANCE, new DecisionLog(8 << 20, () -> 0));
    Map<String, LoggedDecision> half = decide(ALLOWANCE / 2, new DecisionLog(8 << 20, () -> 0));
    int otherThanNow = 0;
    int different = 0;
    int far = 0; // where there is just money for all, little makes that difference
    int doubted = 0; // not even the money of now makes of it what it really got
    int answers = 0;
    for (String id : now.keySet()) {
      JsonNode answer = patiently(id, null);
      for (var other : Map.of("twice the budget", twice, "half the budget", half).entrySet()) {
        JsonNode said = under(answer, other.getKey());
        LoggedDecision real = Objects.requireNonNull(other.getValue().get(id));
        if (said.toString().contains("notReproduced")) {
          assertNotEquals("recording", said.path("basis").asString(), said::toString);
          doubted++;
          continue;
        }
        assertEquals("recording", said.path("basis").asString(), said::toString);
        answers++;
        different += outcome(real).equals(said.path("outcome").asString()) ? 0 : 1;
        double p = said.path("probability").asDouble();
        far += Math.abs(p - real.probability()) > .1 * real.probability() ? 1 : 0;
        otherThanNow += outcome(real).equals(outcome(now.get(id))) ? 0 : 1;
      }
    }
    // Columns have a span's size but for two bytes, so that prices differ in the third digit.
    assertTrue(doubted <= now.size() / 25, doubted / 2 + " of " + now.size() + " not reproduced");
    assertTrue(different <= answers / 50, different + " of " + answers + " decided otherwise");
    assertTrue(far <= answers / 20, far + " of " + answers + " with another probability");
    assertTrue(otherThanNow > 25, "money made a difference to " + otherThanNow);
  }

  @Test
  void oneThatIsAskedForIsAnsweredAsABudgetSimulationWould() throws Exception {
    record(0);
    int kept = 0;
    int doubted = 0;
    for (String id : decide(ALLOWANCE, log).keySet()) {
      JsonNode said = under(patiently(id, "15%"), "budget 15%");
      if (said.toString().contains("notReproduced")) {
        assertEquals("unknown", said.path("outcome").asString(), said::toString);
        doubted++;
        continue;
      }
      assertEquals("recording", said.path("basis").asString(), said::toString);
      kept += said.path("outcome").asString().equals("kept") ? 1 : 0;
    }
    JsonNode simulated =
        JsonMapper.shared()
            .readTree(
                port.client()
                    .post()
                    .uri("/api/v1/budget:simulate")
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue("{\"budget\": \"15%\"}")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .returnResult()
                    .getResponseBody());
    assertEquals(simulated.at("/kept/traces").asInt(), kept, doubted + 0.0);
    assertTrue(doubted < 10, doubted + " not reproduced");
    String any =
        log.recent(Long.MAX_VALUE, 1, all -> true).stream()
            .map(one -> new TraceId(one.traceIdHigh(), one.traceIdLow()).toString())
            .findFirst()
            .orElseThrow();
    assertEquals(
        "budget 15%", under(explain(any, "?budget=15%"), "budget").path("under").asString());
    port.client()
        .get()
        .uri("/api/v1/traces/" + "a".repeat(32) + "/explain?budget=lots")
        .exchange()
        .expectStatus()
        .isEqualTo(400);
  }

  /** The level was 0 until a second had passed: twice the budget dropped what was kept. */
  @Test
  void theFirstTraceOfAProcessIsKeptByTwiceTheBudget() throws Exception {
    record(0);
    var unused = decide(ALLOWANCE, log);
    byte[] request = requests.getFirst().toByteArray();
    Batch batch = scanner.scan(request, 0, request.length);
    String id = new TraceId(batch.traceIdHigh(0), batch.traceIdLow(0)).toString();
    JsonNode said = under(patiently(id, null), "twice the budget");
    assertEquals("recording", said.path("basis").asString(), said::toString);
    assertEquals("kept", said.path("outcome").asString(), said::toString);
    assertEquals(1, said.path("probability").asDouble(), said::toString);
  }

  /** How it begins when the ring has forgotten what came before, or the process has restarted. */
  @Test
  void whereTheBeginningIsForgottenTheReplayGoesOnWithWhatWasLearned() throws Exception {
    int from = requests.size() / 3;
    Map<String, LoggedDecision> now = decide(ALLOWANCE, log);
    Map<String, LoggedDecision> twice =
        decide(ALLOWANCE, 2 * ALLOWANCE, from, new DecisionLog(8 << 20, () -> 0));
    SpanRing.LearnedBefore then = Objects.requireNonNull(learned);
    record(from, then);
    Answers warm = answers(now, twice);
    System.out.println("warm " + warm);
    assertTrue(warm.byRecording() > 100, warm::toString);
    assertTrue(warm.wrong() * 10 <= warm.byRecording(), warm::toString);
    record(from);
    Answers asIfJustStarted = answers(now, twice);
    System.out.println("cold " + asIfJustStarted);
    assertTrue(2 * warm.wrong() < asIfJustStarted.wrong(), asIfJustStarted::toString);
    assertTrue(2 * warm.far() < asIfJustStarted.far(), asIfJustStarted::toString);
  }

  @Test
  void whereTheBeginningIsForgottenAndNothingWasLearnedBeforeNothingIsPlayed() throws Exception {
    Map<String, LoggedDecision> now = decide(ALLOWANCE, log);
    byte[] old = MadeTraffic.single("old").toByteArray();
    SpanRing ring = new SpanRing(1 << 20, Duration.ofMinutes(2));
    ring.record(scanner.scan(old, 0, old.length), began - 120_000);
    for (int i = 0; i < requests.size(); i++) {
      byte[] request = requests.get(i).toByteArray();
      ring.record(scanner.scan(request, 0, request.length), arrived(i));
    }
    port.pipeline.recorded = ring;
    JsonNode said = under(patiently(now.keySet().iterator().next(), null), "twice the budget");
    assertEquals("approximation", said.path("basis").asString(), said::toString);
    assertTrue(said.toString().contains("beginningForgotten"), said::toString);
  }

  private record Answers(int byRecording, int wrong, int far, int doubted) {}

  private Answers answers(Map<String, LoggedDecision> now, Map<String, LoggedDecision> real)
      throws Exception {
    int byRecording = 0;
    int wrong = 0;
    int far = 0;
    int doubted = 0;
    for (String id : now.keySet()) {
      JsonNode said = under(patiently(id, null), "twice the budget");
      if (said.path("basis").asString().equals("recording")) {
        LoggedDecision other = Objects.requireNonNull(real.get(id));
        byRecording++;
        wrong += outcome(other).equals(said.path("outcome").asString()) ? 0 : 1;
        double p = other.probability();
        far += Math.abs(said.path("probability").asDouble() - p) > .25 * p ? 1 : 0;
      } else {
        doubted += said.toString().contains("notReproduced") ? 1 : 0;
      }
    }
    return new Answers(byRecording, wrong, far, doubted);
  }

  @Test
  void whereMoreMoneyDropsWhatLessKeepsBothAreToldSo() {
    OtherBudgets.Fate half = new OtherBudgets.Fate(.5, true);
    OtherBudgets.Fate now = new OtherBudgets.Fate(1, true);
    OtherBudgets.Fate twice = new OtherBudgets.Fate(2, false);
    OtherBudgets.Fate more = new OtherBudgets.Fate(4, true);
    List<OtherBudgets.Fate> all = List.of(half, now, twice, more);
    assertEquals(NoteCode.KEPT_BY_LESS, OtherBudgets.against(half, all));
    assertEquals(NoteCode.DROPPED_BY_MORE, OtherBudgets.against(twice, all));
    assertNull(OtherBudgets.against(more, all));
    assertNull(OtherBudgets.against(new OtherBudgets.Fate(2, false), List.of(twice, more)));
    assertNull(OtherBudgets.against(null, all));
  }

  /** More money keeps more, but not each: what it kept before leaves another rest. */
  @Test
  void whereMoreMoneyDropsWhatLessKeptItIsSaid() throws Exception {
    record(0);
    int said = 0;
    for (var decided : decide(ALLOWANCE, log).entrySet()) {
      JsonNode answer = patiently(decided.getKey(), null);
      boolean half = under(answer, "half").path("outcome").asString().equals("kept");
      boolean twice = under(answer, "twice").path("outcome").asString().equals("kept");
      boolean kept = outcome(decided.getValue()).equals("kept");
      boolean against = half && !twice || half && !kept || kept && !twice;
      boolean told =
          answer.toString().contains("droppedByMore") || answer.toString().contains("keptByLess");
      assertEquals(against && answer.toString().contains("\"recording\""), told, answer::toString);
      said += told ? 1 : 0;
    }
    System.out.println(said + " against the order of budgets");
  }

  /** Other money would have changed the traces before it, too, which nobody remembers: about. */
  @Test
  void withoutARecordingTheyAreAboutRightAndSaySo() throws Exception {
    Map<String, LoggedDecision> now = decide(ALLOWANCE, log);
    Map<String, LoggedDecision> twice = decide(2 * ALLOWANCE, new DecisionLog(8 << 20, () -> 0));
    Map<String, LoggedDecision> half = decide(ALLOWANCE / 2, new DecisionLog(8 << 20, () -> 0));
    int right = 0;
    int wrong = 0;
    List<String> unknown = new ArrayList<>();
    for (String id : now.keySet()) {
      JsonNode answer = patiently(id, null);
      for (var other : Map.of("twice the budget", twice, "half the budget", half).entrySet()) {
        JsonNode said = under(answer, other.getKey());
        if (said.path("outcome").asString().equals("unknown")) {
          unknown.add(said.toString());
          assertFalse(said.has("basis"), said::toString);
        } else {
          assertEquals("approximation", said.path("basis").asString(), said::toString);
          assertTrue(said.path("why").asString().startsWith("approximation: "), said::toString);
          assertTrue(said.path("why").asString().contains("not recorded"), said::toString);
          boolean same = outcome(other.getValue().get(id)).equals(said.path("outcome").asString());
          right += same ? 1 : 0;
          wrong += same ? 0 : 1;
        }
      }
    }
    System.out.println("right " + right + ", wrong " + wrong + ", unknown " + unknown.size());
    assertTrue(right > 9 * wrong, "right " + right + ", wrong " + wrong);
    assertTrue(right > 200, "right " + right + ", unknown " + unknown.size());
  }

  @Test
  void aTraceThatIsRecordedInPartIsNotPlayed() {
    record(31); // in the midst of what the three pods sent in that second
    int parts = 0;
    for (String id : decide(ALLOWANCE, log).keySet()) {
      String why = under(explain(id, ""), "twice the budget").path("why").asString();
      parts += why.contains("are not recorded any more") ? 1 : 0;
    }
    assertTrue(parts > 0);
  }

  @Test
  void whereAPolicyDecidedMoneyChangesNothing() {
    Fragment fragment = Fragment.ofSums(0xaa, 0xbb, 5, 3, 1_500, MILLI, false, true);
    long number = log.note(fragment, 7, 1, "health", 0, false, new long[0], 0, 0);
    log.settled(number, false, 0, "health");
    JsonNode answer = explain("00000000000000aa00000000000000bb", "?budget=50%");
    JsonNode said = under(answer, "budget 50%");
    assertEquals("dropped", said.path("outcome").asString());
    assertEquals("rules", said.path("basis").asString());
    assertEquals(1, answer.path("otherwise").size(), answer::toString);
    number = log.note(fragment, 7, 1, "budget", 1, true, new long[0], 0, 0);
    log.allocated(number, TraceClass.SLOW, 1, 4e6, 8e12);
    log.settled(number, true, 1, "budget:slow");
    JsonNode half = under(explain("00000000000000aa00000000000000bb", ""), "half the budget");
    assertEquals("unknown", half.path("outcome").asString(), "there was money for all");
  }

  /** It said "gives it probability 0.05 where it had 0.05". */
  @Test
  void aReplayWithTheSameProbabilityAndAnotherOutcomeIsObjectedToForThat() {
    Fragment fragment = Fragment.ofSums(0xaa, 0xbb, 5, 3, 1_500, MILLI, false, true);
    long number = log.note(fragment, 7, 1, "budget", 1, true, new long[0], 0, 0);
    log.allocated(number, TraceClass.SLOW, .05, 4e6, 8e12);
    log.settled(number, false, .05, "budget:slow");
    LoggedDecision decision = log.of(0xaa, 0xbb).getLast();
    double p = decision.probability();
    Note other = OtherBudgets.objection(decision, told(true, p));
    assertEquals(NoteCode.NOT_REPRODUCED_BUT, Objects.requireNonNull(other).code());
    assertNull(OtherBudgets.objection(decision, told(false, p)));
    Note far = OtherBudgets.objection(decision, told(true, 2 * p));
    assertEquals(NoteCode.NOT_REPRODUCED, Objects.requireNonNull(far).code());
  }

  private static TraceFate.Told told(boolean kept, double probability) {
    return new TraceFate.Told(kept, "budget:slow", probability, 5, 1);
  }
}
