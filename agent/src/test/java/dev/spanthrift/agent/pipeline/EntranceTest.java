package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.Verdict;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The law of requests: it holds while they go on, and fails when one gets lost. */
class EntranceTest {
  private final Pipeline pipeline =
      new Pipeline(PipelineSettings.DEFAULT, new Broken(), null, List.of());

  private PipelineStatus.Identity law() {
    return pipeline.status().identities().stream()
        .filter(law -> law.law().equals("LOGS requests: offered = refused + received + under way"))
        .findAny()
        .orElseThrow();
  }

  private Admission offerLogs() {
    return pipeline.offer(Signal.LOGS, new byte[0], 0, 0);
  }

  private void refuse(Refusal reason) {
    pipeline.refused(Signal.LOGS, reason);
  }

  @Test
  void whatIsUnderWayReceivedAndRefusedIsWhatWasOffered() {
    pipeline.arrived(Signal.LOGS);
    assertEquals(1, pipeline.status().signals().get(Signal.LOGS).underWay());
    assertTrue(law().holds());
    pipeline.ending(Signal.LOGS, this::offerLogs);
    pipeline.arrived(Signal.LOGS);
    pipeline.<@Nullable Void>ending(
        Signal.LOGS,
        () -> {
          refuse(Refusal.CUT);
          return null;
        });
    assertEquals(
        new PipelineStatus.Offers(2, 1, 0, 0, 1, Map.of("cut", 1L)),
        pipeline.status().signals().get(Signal.LOGS));
    assertTrue(law().holds());
  }

  @Test
  void requestOfWhichNothingBecameIsAGap() {
    pipeline.arrived(Signal.LOGS);
    pipeline.ending(Signal.LOGS, () -> "nothing");
    assertEquals(1, law().left() - law().right());
  }

  @Test
  void requestThatIsCountedTwiceIsAGap() {
    pipeline.arrived(Signal.LOGS);
    pipeline.ending(
        Signal.LOGS,
        () -> {
          refuse(Refusal.FAILED);
          return offerLogs();
        });
    assertEquals(-1, law().left() - law().right());
  }

  @Test
  void requestThatNeverEndsStaysUnderWay() {
    pipeline.arrived(Signal.LOGS);
    offerLogs();
    assertEquals(-1, law().left() - law().right());
  }

  @Test
  void noGapIsSeenWhileRequestsGoOn() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    Thread port =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!ended.get()) {
                    pipeline.arrived(Signal.LOGS);
                    pipeline.ending(Signal.LOGS, this::offerLogs);
                  }
                });
    for (int i = 0; i < 20_000; i++) {
      PipelineStatus.Identity read = law();
      assertTrue(read.holds(), read::toString);
    }
    ended.set(true);
    port.join();
  }

  /** Decides nothing and fails where a request is looked at. */
  private static final class Broken implements Judge {
    @Override
    public void begin(Batch batch) {
      if (batch.size() > 0) {
        throw new IllegalStateException("broken on purpose");
      }
    }

    @Override
    public void observe(Batch batch, int row, long[] facts, int offset) {
      throw new AssertionError("never begun");
    }

    @Override
    public void judge(Fragment fragment, long[] facts, int offset, long nowNanos, Verdict verdict) {
      throw new AssertionError("never held");
    }
  }

  @Test
  void requestThatFailsInsideAndIsCountedByNobodyIsAGap() {
    ExportTraceServiceRequest.Builder made = ExportTraceServiceRequest.newBuilder();
    made.addResourceSpansBuilder().addScopeSpansBuilder().addSpansBuilder().setName("a");
    byte[] request = made.build().toByteArray();
    pipeline.arrived(Signal.TRACES);
    assertThrows(
        RuntimeException.class,
        () ->
            pipeline.ending(
                Signal.TRACES, () -> pipeline.offer(Signal.TRACES, request, 0, request.length)));
    PipelineStatus.Identity law =
        pipeline.status().identities().stream()
            .filter(l -> l.law().startsWith("TRACES requests: offered"))
            .findAny()
            .orElseThrow();
    assertFalse(law.holds());
  }
}
