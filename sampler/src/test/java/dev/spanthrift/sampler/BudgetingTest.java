package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.budget.AllocationSettings;
import dev.spanthrift.sampler.budget.Allowance;
import dev.spanthrift.sampler.budget.InProcessFleetSums;
import dev.spanthrift.sampler.budget.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.PriceOf;
import dev.spanthrift.sampler.policy.Action;
import dev.spanthrift.sampler.policy.PolicyDocument;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The sampler with a budget of a tenth of the bytes, in virtual time. */
class BudgetingTest {
  private static final long SECOND = 1_000_000_000L;

  private final Random random = new Random(11);
  private final Scanner scanner = new Scanner(10_000);
  private long now = SECOND;
  private long errors;

  private Sampler sampler(boolean solo) {
    return sampler(solo, new Allowance.ShareOfTraffic(0.1));
  }

  private Sampler sampler(boolean solo, Allowance allowance) {
    AllocationSettings settings = AllocationSettings.DEFAULT.withCarryOver(Duration.ofSeconds(60));
    BudgetParts parts =
        new BudgetParts(
            settings,
            allowance,
            PriceOf.BYTES,
            new InProcessKeepLedger(solo, Duration.ofSeconds(30), 100_000),
            new InProcessFleetSums(),
            "pod");
    PolicySet policies = PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET));
    return new Sampler(
        SamplerSettings.DEFAULT, new PolicyJudge(policies), SliceCodec.deflate(), parts);
  }

  private void run(Sampler sampler, int seconds, int tracesPerSecond) {
    for (int s = 0; s < seconds; s++) {
      for (int tick = 0; tick < 10; tick++) {
        for (int i = 0; i < tracesPerSecond / 10; i++) {
          byte[] request = trace();
          sampler.hold(scanner.scan(request, 0, request.length), now);
        }
        now += SECOND / 10;
        sampler.decide(now);
        sampler.tell(now);
        sampler.stamp();
      }
      sampler.ship();
    }
  }

  private byte[] trace() {
    boolean error = random.nextInt(200) == 0;
    errors += error ? 1 : 0;
    ByteBuffer id = ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong());
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(id.flip()))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(7).flip()))
            .setName("GET /orders/" + random.nextInt(100_000))
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now + 1_000_000 + random.nextInt(1_000_000));
    if (error) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static void assertIdentity(SamplerCounts counts) {
    assertEquals(counts.received(), counts.held() + counts.kept() + counts.dropped());
  }

  @Test
  void spendsTheBudgetAndNoMoreAndKeepsErrorsFirst() {
    Sampler sampler = sampler(true);
    run(sampler, 600, 100);
    SamplerCounts counts = sampler.counts();
    assertIdentity(counts);
    double share = counts.keptBytes() / (double) counts.receivedBytes();
    assertTrue(share > 0.07 && share < 0.11, "kept " + share + " of the bytes");
    long keptErrors = counts.keptByReason().getOrDefault("budget:error", 0L);
    assertTrue(keptErrors > errors * 0.8, keptErrors + " of " + errors + " errors");
  }

  @Test
  void aColdSamplerKeepsErrorsAndDoesNotSpendItselfDryOnWhateverComesFirst() {
    double tenth = 0.1 * 100 * trace().length;
    errors = 0;
    Sampler sampler = sampler(true, new Allowance.PerSecond(tenth));
    run(sampler, 10, 100);
    sampler.decideAll(now);
    SamplerCounts counts = sampler.counts();
    long keptErrors = counts.keptByReason().getOrDefault("budget:error", 0L);
    assertTrue(errors >= 3, "errors in the sample: " + errors);
    assertTrue(keptErrors >= errors * 0.9, keptErrors + " of " + errors + " errors");
    assertTrue(counts.keptBytes() < 20 * tenth, "kept " + counts.keptBytes() / tenth + " s worth");
  }

  @Test
  void waitsForTheLedgerWhereThereIsAFleetAndLosesNothing() {
    Sampler sampler = sampler(false);
    run(sampler, 20, 50);
    assertTrue(sampler.counts().held() > 500, "held " + sampler.counts().held());
    run(sampler, 100, 50);
    assertIdentity(sampler.counts());
    assertTrue(sampler.counts().kept() > 0);
    sampler.decideAll(now);
    assertEquals(0, sampler.counts().held());
    assertIdentity(sampler.counts());
  }
}
