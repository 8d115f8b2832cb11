package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.Verdict;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * receive → scan → measure → hold → decide → tell → stamp → ship → account: each seen from inside.
 */
class PipelineStepsTest {
  private static final int SPANS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> steps = new ArrayList<>();
  private Pipeline pipeline = pipeline();

  private void step(String name) {
    if (steps.isEmpty() || !steps.getLast().equals(name)) {
      steps.add(name);
    }
  }

  private long measured() {
    return pipeline.measured().stream().mapToLong(MeasuredOperation::spans).sum();
  }

  private final class Watcher implements Judge {
    private long observed;

    @Override
    public void begin(Batch batch) {
      if (batch.size() > 0) {
        assertEquals(SPANS, batch.size());
        step("scanned");
      }
    }

    @Override
    public void observe(Batch batch, int row, long[] facts, int offset) {
      assertEquals(++observed, measured(), "each span is measured before it is held");
      step("measured and held");
    }

    @Override
    public void judge(Fragment f, long[] facts, int offset, long nowNanos, Verdict verdict) {
      assertEquals(SPANS, observed);
      step("decided");
      verdict.leaveToBudget("budget", 1);
    }
  }

  /** Alone, so that nobody waits for other pods. */
  private final class Ledger implements KeepLedger {
    private final KeepLedger ledger = new InProcessKeepLedger(true, Duration.ZERO, 1_000);

    @Override
    public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
      if (batch.parts().size() > 0) {
        assertEquals(SPANS, batch.parts().size());
        step("told");
      }
      ledger.exchange(batch, nowNanos, answered);
    }

    @Override
    public boolean isSolo() {
      return true;
    }
  }

  private final class Backend implements Destination {
    private long taken;

    @Override
    public boolean offer(Shipment shipment) {
      Batch batch = new Scanner(1_000).scan(shipment.request(), 0, shipment.request().length);
      for (int row = 0; row < batch.size(); row++) {
        int at = batch.traceStateOffset(row);
        long threshold = TraceState.threshold(batch.buffer(), at, batch.traceStateLength(row));
        assertTrue(threshold >= 0, "stamped");
      }
      step("stamped and shipped");
      taken += batch.size();
      return true;
    }

    @Override
    public String name() {
      return "backend";
    }

    @Override
    public DestinationStatus status() {
      return new DestinationStatus(
          "backend",
          true,
          0,
          1 << 20,
          0,
          0,
          Map.of(Signal.TRACES, new DestinationStatus.Counts(taken, taken, 0, 0, Map.of())),
          "");
    }

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public long queueBytesMax() {
      return 1 << 20;
    }

    @Override
    public void drain(Duration atMost) {}

    @Override
    public void close() {}
  }

  /** Decides at once, stamps always and ships what there is. */
  private Pipeline pipeline() {
    HoldSettings hold = HoldSettings.DEFAULT.withDecisionWait(Duration.ZERO);
    PipelineSettings usual = PipelineSettings.DEFAULT;
    BudgetParts budget =
        new BudgetParts(
            AllocationSettings.DEFAULT,
            new Allowance.PerSecond(1e9),
            PriceOf.BYTES,
            new Ledger(),
            new InProcessFleetSums(),
            "pod");
    return new Pipeline(
        new PipelineSettings(
            new SamplerSettings(hold, 1_000, true, 4),
            usual.spansPerRequestMax(),
            usual.batchBytes(),
            Duration.ZERO,
            usual.tick(),
            usual.shadow()),
        new Watcher(),
        budget,
        List.of(new Route(new Backend(), Set.of(Signal.TRACES))));
  }

  private static byte[] request() {
    FieldWriter spans = new FieldWriter();
    for (int i = 1; i <= SPANS; i++) {
      spans.message(2, new FieldWriter().id(1, i, -i).id(2, i).text(5, "op"));
    }
    return new FieldWriter().message(1, new FieldWriter().message(2, spans)).toBytes();
  }

  @Test
  void theStepsFollowEachOther() {
    byte[] request = request();
    pipeline.arrived(Signal.TRACES);
    assertEquals(
        Admission.ACCEPTED,
        pipeline.ending(
            Signal.TRACES, () -> pipeline.offer(Signal.TRACES, request, 0, request.length)));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!steps.contains("stamped and shipped") && System.nanoTime() < end) {
      pipeline.tick();
      Thread.onSpinWait();
    }
    assertEquals(
        List.of("scanned", "measured and held", "decided", "told", "stamped and shipped"), steps);
    PipelineStatus status = pipeline.status();
    assertEquals(SPANS, status.spans().received().spans());
    assertEquals(status.spans().kept().spans(), status.shipping().shipped());
    assertTrue(status.spans().kept().spans() > 0);
    status.identities().forEach(law -> assertTrue(law.holds(), law::toString));
  }

  @Test
  void whatIsMalformedGoesNoStepFurtherThanTheScan() {
    byte[] request = request();
    request[request.length - 1] = (byte) 0xff;
    request[1]++;
    assertInstanceOf(
        Admission.Malformed.class, pipeline.offer(Signal.TRACES, request, 0, request.length));
    pipeline.tick();
    assertEquals(List.of(), steps);
    assertEquals(0, measured());
    assertEquals(0, pipeline.status().spans().received().spans());
  }
}
