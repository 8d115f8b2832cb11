package dev.spanthrift.agent.control.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** What other money does where policies may keep for certain only a share of it. */
class ExplainPolicyShareTest {
  private static final String BUDGET =
      "budgets: [{name: all, amount: 800, period: month, policyShareMax: 0.2}]\n"
          + "price: {perGb: 0.5}\n";
  private static final String POLICY =
      """
      {"policies": [{"name": "errors", "match": {"status": "ERROR"}, "keep": true}],
       "default": {"budget": true}}
      """;
  private static final long HIGH = 0xaa;
  private static final long LOW = 0xbb;
  private static final long OF_ID = 0xbb; // the last 56 bits

  private final DecisionLog log = new DecisionLog(8 << 20, System::currentTimeMillis);
  private final Scanner scanner = new Scanner(100);
  private AdminPort port;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    port = AdminPort.startWithBudget(directory, BUDGET);
    port.pipeline.decisions = log;
    port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(POLICY)
        .exchange()
        .expectStatus()
        .is2xxSuccessful();
  }

  @AfterEach
  void stop() {
    port.close();
  }

  /** Records the trace, and notes what policies said of it. */
  private long note(String policy, boolean error, boolean toBudget, long randomness) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(
                ByteString.copyFrom(ByteBuffer.allocate(16).putLong(HIGH).putLong(LOW).array()))
            .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
            .setName("GET /")
            .setStartTimeUnixNano(1)
            .setEndTimeUnixNano(1_000_001);
    if (error) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
            .build()
            .toByteArray();
    Batch batch = scanner.scan(request, 0, request.length);
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    ring.record(batch, System.currentTimeMillis() - 5_000);
    port.pipeline.recorded = ring;
    PolicySet set = port.store.current().set();
    long[] facts = new long[Math.max(1, set.factWords())];
    Observer observer = set.observer();
    observer.begin(batch);
    observer.observe(0, facts, 0);
    Fragment fragment = Fragment.ofSums(HIGH, LOW, randomness, 1, 100, 1_000_000, error, true);
    return log.note(
        fragment,
        7,
        port.store.current().version(),
        policy,
        toBudget ? 0 : 1,
        toBudget,
        facts,
        0,
        set.factWords());
  }

  private JsonNode under(String name) {
    JsonNode answer =
        port.client()
            .get()
            .uri("/api/v1/traces/00000000000000aa00000000000000bb/explain?budget=25/month")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    for (JsonNode other : answer.path("otherwise")) {
      if (other.path("under").asString().startsWith(name)) {
        return other;
      }
    }
    throw new AssertionError("nothing under " + name + ": " + answer);
  }

  private static String code(JsonNode said) {
    JsonNode why = said.path("notes").get(1);
    JsonNode within = why.at("/values/why");
    return (within.isMissingNode() ? why : within).path("code").asString();
  }

  @Test
  void whatPoliciesWantedBeyondTheirShareIsNotPlayed() {
    long number = note("errors", true, true, OF_ID);
    log.allocated(number, TraceClass.ERROR, 0.01, 4e6, 8e12);
    log.settled(number, false, 0.01, "budget");
    for (String name : new String[] {"half the budget", "twice the budget", "budget 25/month"}) {
      JsonNode said = under(name);
      assertEquals("approximation", said.path("basis").asString(), said::toString);
      assertEquals("overPolicyShare", code(said), said::toString);
      assertEquals("dropped", said.path("outcome").asString(), said::toString);
    }
  }

  @Test
  void whatAPolicyKeepsWithinTheirShareIsNotKnownOfOtherMoney() {
    log.settled(note("errors", true, false, OF_ID), true, 1, "errors");
    JsonNode said = under("budget 25/month");
    assertEquals("unknown", said.path("outcome").asString(), said::toString);
    assertEquals("inPolicyShare", code(said));
    assertFalse(said.has("basis"));
    log.settled(note("kill_switch", true, false, OF_ID), true, 1, "kill_switch");
    assertEquals("kept", under("budget 25/month").path("outcome").asString(), "whatever it costs");
  }

  @Test
  void whatStillWaitsIsNotToldAsDropped() {
    var unused = note("errors", true, false, OF_ID);
    JsonNode said = under("budget 25/month");
    assertEquals("unknown", said.path("outcome").asString(), said::toString);
    assertEquals("waitsStill", code(said));
  }

  @Test
  void whatItsTraceStateDecidedIsNotPlayed() {
    long number = note("default", false, true, 5);
    log.allocated(number, TraceClass.ORDINARY, 0.5, 4e6, 8e12);
    log.settled(number, false, 0.5, "budget");
    assertEquals("drawnOtherwise", code(under("half the budget")));
  }

  /** The amounts are one sidecar's, which their names must say. */
  @Test
  void whereAFleetSharesItsMoneyTheNamesSayWhosePartItIs() throws Exception {
    long number = note("default", false, true, OF_ID);
    log.allocated(number, TraceClass.ORDINARY, 0.5, 4e6, 8e12);
    log.settled(number, false, 0.5, "budget");
    SpendView fleet =
        new SpendView() {
          @Override
          public Spend spend() {
            Spend s = port.money.spend();
            return new Spend(
                Spend.FLEET,
                s.currency(),
                s.model(),
                s.pricePerGigabyte(),
                s.nextGigabyte(),
                null,
                s.period(),
                s.budget(),
                s.spent(),
                0,
                0,
                0,
                null,
                null,
                null,
                s.budgets(),
                Map.of());
          }

          @Override
          public Double allowanceHere() {
            return 3e6;
          }
        };
    RingQuestions questions = new RingQuestions(port.pipeline, fleet, new HeapRoom());
    SpanRing.Snapshot recorded =
        Objects.requireNonNull(port.pipeline.recorded).snapshot(System.currentTimeMillis());
    List<String> names =
        new OtherBudgets(port.store, fleet, questions, Duration.ofMinutes(5))
                .of(
                    log.of(HIGH, LOW),
                    recorded,
                    recorded.trace(HIGH, LOW),
                    new OtherBudgets.Asked("25/month", questions.means("25/month")))
                .stream()
                .map(other -> other.notes().getFirst().code().word())
                .toList();
    assertEquals(List.of("underBudgetHere", "underTwiceHere", "underHalfHere"), names);
  }
}
