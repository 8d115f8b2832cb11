package dev.spanthrift.agent.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.LearnedState;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.ResourceContext;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of money that was granted under one budget when another comes: books, ledger and
 * allocation as they are, in virtual time. A span of 1000 bytes costs half a millionth of a dollar.
 */
class ChangedBudgetTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int TICKS = 10; // a second
  private static final double DOLLAR = 1e12;
  private static final double SPAN = DOLLAR / 2e6;

  @TempDir Path folder;
  private int folders;
  private final Random random = new Random(Long.getLong("seed", 1));

  /** One sidecar's money and what decides by it; ten ticks a second, books after each tenth. */
  private final class Pod {
    final Treasurer treasurer;
    final Sampler sampler;
    final InProcessKeepLedger ledger;
    private final Path state;
    private final Scanner scanner = new Scanner(1_000);
    private long now;
    private long wall;

    Pod(String yaml, String wall) throws Exception {
      this(yaml, folder.resolve("state" + ++folders), 7 * SECOND, millis(wall));
      sampler.tell(now); // as the pipeline does it before the first request
    }

    private Pod(String yaml, Path state, long now, long wall) throws Exception {
      this.state = state;
      this.now = now;
      this.wall = wall;
      SpanthriftSettings settings = settings(yaml, state);
      treasurer = Treasurer.open(settings, this::status, now, wall);
      ledger = new InProcessKeepLedger(true, treasurer.allocation().askAfter(), 100_000);
      BudgetParts parts =
          new BudgetParts(
              treasurer.allocation(),
              () -> new Allowance.PerSecond(treasurer.allowancePerSecond()),
              treasurer.priceOf(),
              ledger,
              FleetSums.inProcess(),
              "self",
              treasurer);
      PolicySet policies = PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET));
      sampler =
          new Sampler(
              new SamplerSettings(hold(), 1_000, false, 4),
              new PolicyJudge(policies),
              SliceCodec.deflate(),
              parts);
    }

    /** Each trace is decided with the tick after it. */
    private static HoldSettings hold() {
      HoldSettings plain = HoldSettings.DEFAULT;
      return new HoldSettings(
          Duration.ofMillis(10),
          plain.deadline(),
          plain.ageMax(),
          null,
          plain.bytesMax(),
          plain.bytesMax(),
          plain.tracesMax());
    }

    private PipelineStatus status() {
      return MadeStatus.status(
          0,
          0,
          Map.of(),
          sampler.counts(),
          new PipelineStatus.Shipping(0, 0, Map.of()),
          List.of(),
          List.of());
    }

    /** Spans that were kept in so many seconds of so many spans each. */
    long run(int seconds, int spansPerSecond) {
      long before = sampler.counts().kept().spans();
      for (int i = 0; i < seconds * TICKS; i++) {
        send((i + 1) * spansPerSecond / TICKS - i * spansPerSecond / TICKS);
        tick();
      }
      return sampler.counts().kept().spans() - before;
    }

    private void send(int spans) {
      for (int i = 0; i < spans; i++) {
        byte[] request = request();
        sampler.hold(scanner.scan(request, 0, request.length), now);
      }
    }

    private void tick() {
      now += SECOND / TICKS;
      wall += 1_000 / TICKS;
      sampler.decide(now);
      sampler.tell(now);
      sampler.stamp();
      if (sampler.shippableSpans() > 0) {
        sampler.ship();
      }
      if (now % SECOND == 0) {
        account();
      }
    }

    /** Nothing comes, and the sampler sleeps. */
    void rest(int seconds) {
      for (int i = 0; i < seconds; i++) {
        now += SECOND;
        wall += 1_000;
        account();
      }
    }

    /** As the sidecar does, once a second. */
    private void account() {
      treasurer.tick(now, wall);
      ResourceContext resource = sampler.resource();
      if (resource != null) {
        treasurer.follow(resource);
      }
      treasurer.outstanding(ledger.outstanding());
    }

    void rebudget(String budgets) throws Exception {
      treasurer.rebudget(settings("budgets: " + budgets, state).budgets(), now, wall);
    }

    /** The process that comes after it, with what this one had saved. */
    Pod restart(String yaml) throws Exception {
      treasurer.close(now, wall);
      LearnedState.Writer writer = sampler.learned(wall);
      boolean more = true;
      while (more) {
        more = writer.step(now);
      }
      Pod next = new Pod(yaml, state, now + 3 * SECOND, wall + 3_000);
      next.sampler.restore(writer.finish(), next.now, next.wall);
      next.sampler.tell(next.now);
      return next;
    }

    double spent() {
      return treasurer.spend().budgets().getFirst().spent() * DOLLAR;
    }
  }

  private static long millis(String wall) {
    return Instant.parse(wall).toEpochMilli();
  }

  private SpanthriftSettings settings(String yaml, Path state) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("settings.yaml"),
            "price: {perGb: 0.5, ownCpuHour: 0, ownMemoryGbHour: 0}\n" + yaml);
    return SettingsLoader.load(file, Map.of("SPANTHRIFT_STATE_DIR", state.toString())).settings();
  }

  /** One span of 1000 bytes, of one of ten operations. */
  private byte[] request() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(id))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(7).flip()))
            .setName("GET /" + random.nextInt(10))
            .setStartTimeUnixNano(1)
            .setEndTimeUnixNano(1 + 1_000_000 + random.nextInt(1_000_000))
            .addAttributes(attribute("padding", ""));
    int missing = 1_000 - span.build().getSerializedSize() - 4;
    span.setAttributes(0, attribute("padding", "x".repeat(missing)));
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", "shop")))
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /** Money enough for three times the traffic, before and after; 0 seconds of rest: none. */
  @ParameterizedTest(name = "{0} → {1}, {2} s of rest")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                           | [{name: a, amount: 300}]                  |  0
          []                                           | [{name: a, amount: 300}]                  | 30
          [{name: a, amount: 300000}]                  | [{name: a, amount: 300}]                  |  0
          [{name: a, amount: 300000}]                  | [{name: a, amount: 300}]                  | 30
          [{name: a, amount: 300}]                     | [{name: a, amount: 300000}]               |  0
          [{name: a, amount: 300}]                     | [{name: b, amount: 300}]                  |  0
          [{name: a, amount: 300}]                     | [{name: a, amount: 300, scope: {service.name: shop}}] | 0
          [{name: a, amount: 300, scope: {service.name: cart}}] | [{name: a, amount: 300}]         | 30
          []                                           | [{name: a, amount: 0.1, period: hour}]    |  0
          []                                           | [{name: a, amount: 0.1, period: hour}]    | 30
          [{name: a, amount: 300000}]                  | [{name: a, amount: 0.1, period: hour}]    | 30
          """)
  void keepsAllThatTheBudgetPaysForWhateverWasThereBefore(String before, String after, int rest)
      throws Exception {
    Pod pod = new Pod("budgets: " + before, "2026-12-10T09:50:00Z");
    assertEquals(100 * 100, pod.run(100, 100));
    pod.rebudget(after);
    pod.rest(rest);
    for (int second = 1; second <= 60; second++) {
      String when = "second " + second;
      assertEquals(100, pod.run(1, 100), when);
      assertTrue(pod.treasurer.allowancePerSecond() > 100 * SPAN, when);
    }
  }

  /**
   * What was spent in the hour belongs to the day, but not what was spent in the day to the hour.
   */
  @Test
  void aBudgetOfAnotherPeriodGoesOnWithWhatWasSpentInIt() throws Exception {
    Pod pod = new Pod("budgets: [{name: a, amount: 300}]", "2026-12-10T09:50:00Z");
    pod.run(10, 100);
    double spent = 1_000 * SPAN;
    assertEquals(spent, pod.spent(), .01 * spent);
    pod.rebudget("[{name: a, amount: 300, zone: America/New_York}]");
    assertEquals(spent, pod.spent(), .01 * spent);
    assertEquals(Instant.parse("2026-12-01T05:00:00Z"), pod.treasurer.spend().period().from());
    pod.rebudget("[{name: a, amount: 300, period: hour}]");
    assertEquals(0, pod.spent());
    assertEquals(Instant.parse("2026-12-10T09:00:00Z"), pod.treasurer.spend().period().from());
    pod.run(10, 100);
    pod.rebudget("[{name: a, amount: 300, period: day}]");
    assertEquals(spent, pod.spent(), .01 * spent);
    assertEquals(Instant.parse("2026-12-10T00:00:00Z"), pod.treasurer.spend().period().from());
  }

  /** A period that somebody mistook and put right again. */
  @Test
  void aPeriodThatIsPutBackFindsWhatWasSpentInItMeanwhileToo() throws Exception {
    Pod pod = new Pod("budgets: [{name: a, amount: 300}]", "2026-12-10T09:50:00Z");
    double spent = 0;
    for (String period : List.of("hour", "day", "hour")) {
      pod.run(10, 100);
      pod.rebudget("[{name: a, amount: 300, period: " + period + "}]");
      spent += 1_000 * SPAN;
    }
    assertTrue(pod.spent() < spent);
    pod.rebudget("[{name: a, amount: 300, period: month}]");
    assertEquals(spent, pod.spent(), .01 * spent);
    assertEquals(Instant.parse("2026-12-01T00:00:00Z"), pod.treasurer.spend().period().from());
  }

  @Test
  void aBudgetThatIsTakenAwayAndPutBackDropsNothing() throws Exception {
    Pod pod = new Pod("budgets: [{name: a, amount: 300}]", "2026-12-10T09:50:00Z");
    for (String budgets :
        List.of("[]", "[{name: a, amount: 300}]", "[]", "[{name: a, amount: 9e2}]")) {
      assertEquals(30 * 100, pod.run(30, 100));
      pod.rebudget(budgets);
    }
    assertEquals(30 * 100, pod.run(30, 100));
  }

  /**
   * Traffic of a second at the old prices, until the allocation ticks; then what its bucket holds
   * of the new money, spent at four times the rate at most.
   */
  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{name: a, amount: 300}]", "[{name: b, amount: 300}]"})
  void spendsWhatWasGrantedBeforeForOneTickOnly(String before) throws Exception {
    for (int offset = 0; offset < 5; offset++) {
      Pod pod = new Pod("budgets: " + before, "2026-12-10T09:50:00Z");
      assertEquals((100 + offset) * 100, pod.run(100 + offset, 100));
      pod.rebudget("[{name: a, amount: 0.3}]");
      long kept = pod.run(20, 100);
      double rate = .3 * DOLLAR / SPAN / (21 * 86_400);
      assertTrue(kept <= 100 + 20 * 4 * rate, kept + " of 2000 after " + offset);
    }
  }

  /** The bucket fills at the new rate: until then some of it is saved. */
  @Test
  void aRaisedBudgetIsFeltAtOnceAndInFullWithinAMinute() throws Exception {
    Pod pod = new Pod("budgets: [{name: a, amount: 0.3}]", "2026-12-10T09:20:00Z");
    assertTrue(pod.run(600, 100) < 600);
    pod.rebudget("[{name: a, amount: 300}]");
    assertTrue(pod.run(10, 100) > 10 * 40);
    pod.run(50, 100);
    assertEquals(60 * 100, pod.run(60, 100));
  }

  @Test
  void whoseBudgetIsKnownWithTheFirstResourceKeepsAllThatItPaysFor() throws Exception {
    String scoped =
        "budgets: [{name: cart, amount: 1, scope: {service.name: cart}},"
            + " {name: shop, amount: %s, scope: {service.name: shop}}]";
    Pod rich = new Pod(scoped.formatted("300"), "2026-12-10T09:50:00Z");
    rich.rest(30);
    assertEquals(60 * 100, rich.run(60, 100));
    Pod poor = new Pod(scoped.formatted("0.3"), "2026-12-10T09:50:00Z");
    poor.rest(30);
    long kept = poor.run(20, 100);
    assertTrue(kept <= 2 * 100 + 20 * 4 * .33, kept + " of 2000");
  }

  @Test
  void whatWasLearnedWithoutABudgetDoesNotSpendTheNextOnes() throws Exception {
    Pod free = new Pod("budgets: []", "2026-12-10T09:50:00Z");
    free.run(100, 100);
    Pod rich = free.restart("budgets: [{name: a, amount: 300}]");
    assertEquals(60 * 100, rich.run(60, 100));
    Pod again = new Pod("budgets: []", "2026-12-10T09:50:00Z");
    again.run(100, 100);
    Pod poor = again.restart("budgets: [{name: a, amount: 0.3}]");
    long kept = poor.run(20, 100);
    assertTrue(kept <= 100 + 20 * 4 * .33, kept + " of 2000");
  }

  /** As one that is configured: money of an hour waits two minutes, not fifteen. */
  @Test
  void neverHasMoreThanABudgetOfAnHourThatComesLater() throws Exception {
    Pod pod = new Pod("budgets: []", "2026-12-10T06:00:00Z");
    pod.run(2 * 3_600, 1); // then money would wait as long as it may
    pod.rebudget("[{name: a, amount: 0.01, period: hour}]");
    assertEquals(Duration.ofMinutes(2), pod.treasurer.allocation().carryOver());
    pod.run(50 * 60, 1);
    for (int minute = 0; minute < 5; minute++) {
      double all = pod.spent() + pod.ledger.outstanding();
      assertTrue(all <= .0101 * DOLLAR, () -> "spent and waiting: " + all / DOLLAR + " of 0.01");
      pod.run(60, 100);
    }
  }
}
