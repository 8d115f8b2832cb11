package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("listens to a log that others write to")
class PipelineTest {
  private final Pipeline pipeline =
      new Pipeline(PipelineSettings.DEFAULT, halves(), null, List.of());

  private static PolicyJudge halves() {
    return new PolicyJudge(
        PolicySet.compile(new PolicyDocument(List.of(), new Action.Probability(0.5))));
  }

  /** One span of a trace of its own, whose randomness is the given byte, then zeros. */
  private void send(int id, int randomness, String traceState) {
    byte[] traceId = new byte[16];
    traceId[0] = (byte) id;
    traceId[9] = (byte) randomness;
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpans(
            Span.newBuilder().setTraceId(ByteString.copyFrom(traceId)).setTraceState(traceState));
    byte[] bytes = request.build().toByteArray();
    assertEquals(Admission.ACCEPTED, pipeline.offer(Signal.TRACES, bytes, 0, bytes.length));
  }

  @Test
  void s2c_saysHowManyTraceStatesCouldNotBeStamped() {
    send(1, 0xf0, "KEY=v"); // no W3C list
    send(2, 0xf0, "key=");
    send(3, 0x90, "ot=th:c"); // upstream cannot have kept it
    send(4, 0xf0, "ot=p:" + "a".repeat(300));
    send(5, 0xf0, "vendor=x"); // stamped
    send(6, 0xf0, "ot=th:c"); // says more already
    send(7, 0x10, "KEY=v"); // dropped
    pipeline.drain(Duration.ZERO);
    SamplerCounts spans = pipeline.status().spans();
    assertEquals(6, spans.kept().spans());
    assertEquals(Map.of("invalid", 2L, "inconsistent", 1L, "oversize", 1L), spans.traceStates());
  }

  @Test
  void traceIdsThatAreMissingOrNotRandomAreCountedAndNamedOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger(IdWords.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      FieldWriter spans = new FieldWriter();
      for (int i = 1; i <= 2_000; i++) {
        spans.message(2, new FieldWriter().id(1, 0, i).id(2, i));
      }
      spans.message(2, new FieldWriter().id(2, 7)).message(2, new FieldWriter().id(1, 0, 0));
      for (int times = 0; times < 2; times++) {
        byte[] request =
            new FieldWriter().message(1, new FieldWriter().message(2, spans)).toBytes();
        assertEquals(Admission.ACCEPTED, pipeline.offer(Signal.TRACES, request, 0, request.length));
        awaitTick();
      }
    } finally {
      logger.detachAppender(log);
    }
    SamplerCounts.Ids ids = pipeline.status().spans().ids();
    assertEquals(4, ids.invalid());
    assertTrue(ids.notRandom() > 1_900, ids.toString());
    assertEquals(2, log.list.size());
    assertTrue(log.list.get(0).getFormattedMessage().contains("without a valid trace id"));
    assertTrue(log.list.get(1).getFormattedMessage().contains("randomness: hash"));
  }

  /** What is alone in its trace is decided with the next tick. */
  private void awaitTick() {
    long before =
        pipeline.status().spans().dropped().spans() + pipeline.status().spans().kept().spans();
    long end = System.nanoTime() + 20_000_000_000L;
    while (before
            == pipeline.status().spans().dropped().spans()
                + pipeline.status().spans().kept().spans()
        && System.nanoTime() < end) {
      pipeline.tick();
      Thread.onSpinWait();
    }
  }
}
