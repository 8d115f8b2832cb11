package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    PipelineStatus.Spans spans = pipeline.status().spans();
    assertEquals(6, spans.kept());
    assertEquals(Map.of("invalid", 2L, "inconsistent", 1L, "oversize", 1L), spans.traceStates());
  }
}
