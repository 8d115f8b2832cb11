package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.RandomRequests;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The door of the sampler, with a judge whose answers the test knows. */
class SamplerTest {
  private static final long SECOND = 1_000_000_000L;

  private final Scanner scanner = new Scanner(100_000);
  private double probability = 1;
  private long now = 5 * SECOND;

  private final Judge judge =
      new Judge() {
        @Override
        public void observe(Batch batch, int row, long[] facts, int offset) {}

        @Override
        public void judge(Fragment f, long[] facts, int offset, long nowNanos, Verdict verdict) {
          if (probability == 0) {
            verdict.drop("rule");
          } else if (probability == 1) {
            verdict.keep("rule");
          } else {
            verdict.sample(probability, "rate");
          }
        }
      };

  private Sampler sampler = sampler(HoldSettings.DEFAULT);

  private Sampler sampler(HoldSettings hold) {
    return new Sampler(new SamplerSettings(hold, 1000, false, 4), judge, SliceCodec.deflate());
  }

  @Test
  void w3s21_returnsAPlainRequestByteForByteWhenEverythingIsKept() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      sampler = sampler(HoldSettings.DEFAULT);
      ExportTraceServiceRequest request = new RandomRequests(seed).request();
      send(request);
      byte[] out = drain();
      assertEquals(spans(request), spans(ExportTraceServiceRequest.parseFrom(out)), "" + seed);
    }
  }

  @Test
  void s21_keepsUnknownFieldsAtEveryLevel() throws Exception {
    byte[] unknown = {(byte) 0xc2, 0x3e, 3, 1, 2, 3}; // field 1000
    ByteString extra = ByteString.copyFrom(unknown);
    Span span = Span.parseFrom(span(1, 1).toByteString().concat(extra));
    ScopeSpans scope =
        ScopeSpans.parseFrom(
            ScopeSpans.newBuilder().addSpans(span).build().toByteString().concat(extra));
    ResourceSpans resource =
        ResourceSpans.parseFrom(
            ResourceSpans.newBuilder().addScopeSpans(scope).build().toByteString().concat(extra));
    ExportTraceServiceRequest request =
        ExportTraceServiceRequest.parseFrom(
            ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource)
                .build()
                .toByteString()
                .concat(extra));
    send(request);
    assertArrayEquals(request.toByteArray(), drain());
  }

  @Test
  void s22_writesNoEmptyEnvelope() throws Exception {
    send(
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder()))
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(ScopeSpans.newBuilder())
                    .addScopeSpans(ScopeSpans.newBuilder().addSpans(span(1, 1))))
            .build());
    ExportTraceServiceRequest out = ExportTraceServiceRequest.parseFrom(drain());
    assertEquals(1, out.getResourceSpansCount());
    assertEquals(1, out.getResourceSpans(0).getScopeSpansCount());
    assertEquals(1, out.getResourceSpans(0).getScopeSpans(0).getSpansCount());
  }

  @Test
  void w5_changesNothingButTheTraceStateOfKeptSpans() throws Exception {
    probability = 0.3;
    int stamped = 0;
    for (long seed = 0; seed < 300; seed++) {
      sampler = sampler(HoldSettings.DEFAULT);
      ExportTraceServiceRequest request = new RandomRequests(seed).request();
      Map<ByteString, Span> sent = byId(request);
      send(request);
      for (Span out : byId(ExportTraceServiceRequest.parseFrom(drain())).values()) {
        Span in = sent.get(key(out));
        assertEquals(
            in.toBuilder().clearTraceState().build(), out.toBuilder().clearTraceState().build());
        assertTrue(threshold(out) >= threshold(in) || isInconsistent(in), "seed " + seed);
        stamped += in.getTraceState().equals(out.getTraceState()) ? 0 : 1;
      }
    }
    assertTrue(stamped > 100, "stamped " + stamped);
  }

  private static boolean isInconsistent(Span span) {
    return span.getTraceId().size() == 16 && threshold(span) > randomness(span);
  }

  @Test
  void keepsExactlyTheTracesWhoseRandomnessReachesTheThreshold() throws Exception {
    probability = 0.1;
    Threshold threshold = Threshold.of(0.1, 4);
    Random random = new Random(7);
    Map<ByteString, Boolean> expected = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      Span span = span(random.nextLong(), i + 1L);
      expected.put(key(span), threshold.keeps(randomness(span)));
      send(request(span));
    }
    Map<ByteString, Span> kept = byId(ExportTraceServiceRequest.parseFrom(drain()));
    expected.forEach((id, keep) -> assertEquals(keep, kept.containsKey(id)));
    kept.values().forEach(s -> assertEquals("ot=th:e666", s.getTraceState()));
    assertEquals(expected.values().stream().filter(k -> k).count(), kept.size());
  }

  @Test
  void w7_forwardsSpansWithoutAValidTraceIdUnchangedWhereARuleKeepsThemAndCountsThem()
      throws Exception {
    Span bad = Span.newBuilder().setTraceId(ByteString.copyFrom(new byte[15])).build();
    send(request(bad));
    ExportTraceServiceRequest out = ExportTraceServiceRequest.parseFrom(drain());
    assertEquals(bad, out.getResourceSpans(0).getScopeSpans(0).getSpans(0));
    assertEquals(1, sampler.counts().ids().invalid());
  }

  @Test
  void decidesAPauseAfterTheLocalRootHasEnded() {
    probability = 0;
    send(request(child(9, 2, 1)));
    advance(Duration.ofSeconds(3));
    assertEquals(1, sampler.counts().held().spans(), "no root yet");
    send(request(span(9, 1)));
    advance(Duration.ofMillis(900));
    assertEquals(2, sampler.counts().held().spans());
    advance(Duration.ofMillis(200));
    assertEquals(2, sampler.counts().dropped().spans());
  }

  @Test
  void decidesAtTheDeadlineWhenNoLocalRootComes() {
    probability = 0;
    send(request(child(9, 2, 1)));
    advance(Duration.ofSeconds(19));
    assertEquals(1, sampler.counts().held().spans());
    advance(Duration.ofSeconds(2));
    assertEquals(1, sampler.counts().dropped().spans());
  }

  @Test
  void decidesAtTheAgeLimitAlthoughSpansKeepComing() {
    probability = 0;
    for (int i = 0; i < 13; i++) {
      send(request(child(9, 2 + i, 1)));
      advance(Duration.ofSeconds(5));
    }
    assertTrue(
        sampler.counts().dropped().spans() >= 12, "dropped " + sampler.counts().dropped().spans());
  }

  @Test
  void withADecisionWaitDecidesExactlyThatLongAfterTheFirstSpan() {
    probability = 0;
    sampler = sampler(HoldSettings.DEFAULT.withDecisionWait(Duration.ofSeconds(10)));
    send(request(span(9, 1)));
    advance(Duration.ofSeconds(5));
    send(request(child(9, 2, 1)));
    advance(Duration.ofMillis(4900));
    assertEquals(2, sampler.counts().held().spans());
    advance(Duration.ofMillis(200));
    assertEquals(2, sampler.counts().dropped().spans());
  }

  @Test
  void lateSpansFollowTheDecision() throws Exception {
    probability = 0.5;
    Span kept = span(0xf0_0000_0000_0000L, 1);
    Span dropped = span(0x10_0000_0000_0000L, 1);
    send(request(kept));
    send(request(dropped));
    advance(Duration.ofSeconds(2));
    sampler.ship();
    probability = 1;
    send(request(child(0xf0_0000_0000_0000L, 5, 1)));
    send(request(child(0x10_0000_0000_0000L, 6, 1)));
    ExportTraceServiceRequest out = ExportTraceServiceRequest.parseFrom(sampler.ship());
    List<Span> late = spans(out);
    assertEquals(1, late.size());
    assertEquals("ot=th:8", late.getFirst().getTraceState());
    assertEquals(2, sampler.counts().late());
    assertEquals(1L, sampler.counts().dropped().byReason().get(Sampler.LATE));
  }

  /**
   * Without a budget there is no ledger: fragments that one process decides one after the other
   * agree by thresholds and by the memory of decisions.
   */
  @Test
  void w5_fragmentsOfOneTraceAgreeWithoutALedger() throws Exception {
    Policy errors = new Policy("errors", Condition.Status.of(SpanStatus.ERROR), Action.KEEP);
    PolicySet set =
        PolicySet.compile(new PolicyDocument(List.of(errors), new Action.Probability(.5)));
    sampler =
        new Sampler(
            new SamplerSettings(HoldSettings.DEFAULT, 1000, false, 4),
            new PolicyJudge(set),
            SliceCodec.deflate());
    long droppedId = 1; // its randomness is about 0
    long keptId = (1L << 56) - 1;
    Span failed =
        span(droppedId, 2).toBuilder().setStatus(Status.newBuilder().setCodeValue(2)).build();
    for (List<Span> fragments :
        List.of(
            List.of(span(keptId, 1), span(keptId, 2), span(keptId, 3)),
            List.of(failed, span(droppedId, 3), span(droppedId, 4)))) {
      for (Span fragment : fragments) {
        send(request(fragment));
        advance(Duration.ofSeconds(25));
        sampler.decideAll(now);
      }
    }
    sampler.stamp();
    assertEquals(6, spans(ExportTraceServiceRequest.parseFrom(sampler.ship())).size());
    send(request(span(3, 1)));
    sampler.decideAll(now);
    send(request(span(3, 2)));
    sampler.decideAll(now);
    assertEquals(2, sampler.counts().dropped().spans(), "and what is dropped stays so");
  }

  @Test
  void aLateErrorBringsItsDroppedTraceToJudgementAgain() {
    probability = 0;
    send(request(span(9, 1)));
    advance(Duration.ofSeconds(2));
    probability = 1;
    Status error = Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).build();
    send(request(span(9, 3).toBuilder().setStatus(error).build()));
    advance(Duration.ofSeconds(2));
    assertEquals(1, sampler.counts().kept().spans());
  }

  @Test
  void aNewJudgeActsFromTheNextTraceOnAndLosesNoSpan() {
    probability = 1;
    send(request(span(1, 1)));
    sampler.use(dropper());
    send(request(child(1, 2, 1)));
    send(request(span(2, 1)));
    advance(Duration.ofSeconds(2));
    assertEquals(2, sampler.counts().kept().spans());
    assertEquals(1, sampler.counts().dropped().spans());
    assertIdentity();
  }

  private static Judge dropper() {
    return new Judge() {
      @Override
      public void observe(Batch batch, int row, long[] facts, int offset) {}

      @Override
      public void judge(Fragment f, long[] facts, int offset, long nowNanos, Verdict verdict) {
        verdict.drop("dropper");
      }
    };
  }

  @Test
  void manyPolicyChangesInARowLoseNoSpan() {
    Random random = new Random(3);
    long sent = 0;
    for (int i = 0; i < 500; i++) {
      sampler.use(random.nextBoolean() ? dropper() : judge);
      send(request(span(i + 1L, 1)));
      sent++;
      if (random.nextInt(50) == 0) {
        advance(Duration.ofMillis(300));
      }
    }
    sampler.decideAll(now);
    SamplerCounts counts = sampler.counts();
    assertEquals(sent, counts.kept().spans() + counts.dropped().spans());
  }

  @Test
  void theKillSwitchKeepsWhatTheJudgeWouldDrop() {
    probability = 0;
    send(request(span(1, 1)));
    sampler.keepAll(true);
    advance(Duration.ofSeconds(2));
    assertEquals(1L, sampler.counts().kept().byReason().get(Sampler.KILL_SWITCH));
  }

  @Test
  void inShadowPoliciesCountWhatTheyWouldDropAndNothingIsDropped() throws Exception {
    Policy none = new Policy("none", Condition.ALWAYS, Action.DROP);
    PolicySet set = PolicySet.compile(new PolicyDocument(List.of(none), Action.KEEP));
    sampler =
        new Sampler(
            new SamplerSettings(HoldSettings.DEFAULT, 1000, false, 4),
            new PolicyJudge(set),
            SliceCodec.deflate());
    sampler.shadow(true);
    send(request(span(1, 1)));
    send(request(span(2, 1)));
    sampler.decideAll(now);
    assertEquals(2L, sampler.counts().kept().byReason().get(Sampler.SHADOW));
    assertEquals(0, sampler.counts().dropped().spans());
    assertEquals(2, set.counts().getFirst().dropped().spans());
    sampler.stamp();
    List<Span> out = spans(ExportTraceServiceRequest.parseFrom(sampler.ship()));
    assertEquals(List.of("", ""), out.stream().map(Span::getTraceState).toList());
  }

  @Test
  void staysBelowTheMemoryBoundAndDecidesTheOldestFirst() {
    probability = 0;
    HoldSettings small =
        new HoldSettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            null,
            4 << 20,
            1 << 20,
            1_000_000);
    sampler = sampler(small);
    Random random = new Random(1);
    long received = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] noise = new byte[8000];
      for (int k = 0; k < noise.length; k++) {
        noise[k] = (byte) (32 + random.nextInt(95));
      }
      Span span = span(i + 1L, 1).toBuilder().setNameBytes(ByteString.copyFrom(noise)).build();
      hold(request(span).toByteArray());
      sampler.decide(now);
      received++;
      assertTrue(
          sampler.counts().held().bytes() <= 4 << 20, "held " + sampler.counts().held().bytes());
    }
    assertTrue(sampler.counts().dropped().spans() > received / 2);
    assertTrue(sampler.counts().held().spans() > 100);
    assertIdentity();
  }

  @Test
  void receivedIsHeldPlusKeptPlusDroppedAfterARandomLoad() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      probability = random.nextInt(3) / 2.0;
      send(new RandomRequests(seed + i).request());
      if (random.nextInt(10) == 0) {
        advance(Duration.ofMillis(random.nextInt(5000)));
      }
      if (random.nextInt(100) == 0) {
        sampler.ship();
      }
      if (random.nextInt(20) == 0) {
        byte[] bytes = new RandomRequests(seed - i).request().toByteArray();
        sampler.pass(scanner.scan(bytes, 0, bytes.length));
      }
      assertIdentity();
    }
    sampler.decideAll(now);
    assertEquals(0, sampler.counts().held().spans(), "seed " + seed);
    assertIdentity();
    SpanContents contents = sampler.counts().contents();
    assertTrue(contents.events() > 0 && contents.attributes() > 0, "seed " + seed);
    assertEquals(contents.events(), contents.keptEvents() + contents.droppedEvents());
  }

  /** 1,000 decisions are remembered, and up to twice as many. */
  @Test
  void tracesDecidedEarlyAndDecisionsForgottenAreCounted() throws Exception {
    Duration second = Duration.ofSeconds(1);
    sampler = sampler(new HoldSettings(second, second, second, null, 64 << 20, 8 << 20, 100));
    for (long id = 1; id <= 3_100; id++) {
      send(request(child(id, id, 1)));
      sampler.decide(now);
    }
    assertEquals(new SamplerCounts.Overflow(3_000, 1_000), sampler.counts().overflow());
  }

  @Test
  void whatWaitedCompressedLeavesUnchanged() throws Exception {
    sampler =
        sampler(
            new HoldSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                null,
                64 << 20,
                0,
                1_000_000));
    Map<ByteString, Span> sent = new HashMap<>();
    for (long seed = 0; seed < 4000; seed++) {
      ExportTraceServiceRequest request = new RandomRequests(seed).request();
      sent.putAll(byId(request));
      send(request);
    }
    assertEquals(sent, byId(ExportTraceServiceRequest.parseFrom(drain())));
  }

  @Test
  void aTraceAboveTheBoundLeavesInSeveralRequests() throws Exception {
    int most = 20_000;
    for (double part : new double[] {1, 0.9}) {
      probability = part;
      sampler = sampler(HoldSettings.DEFAULT);
      Map<ByteString, Span> sent = new HashMap<>();
      for (long id = 1; id <= 300; id++) {
        int size = id == 150 ? 3 * most : (int) id * 3; // one is larger by itself
        Span span = span(-1, id).toBuilder().setName("x".repeat(size)).build();
        sent.put(key(span), span);
        send(request(span));
      }
      sampler.decideAll(now);
      Map<ByteString, Span> arrived = new HashMap<>();
      int large = 0;
      for (boolean more = true; more; ) {
        more = sampler.stamp(most);
        assertEquals(300, sampler.counts().kept().spans());
        assertEquals(0, sampler.counts().held().spans());
        assertEquals(
            300 - arrived.size(), sampler.unstampedSpans() + sampler.shippableSpans(), "queued");
        byte[] out = sampler.ship();
        List<Span> spans = spans(ExportTraceServiceRequest.parseFrom(out));
        spans.forEach(s -> arrived.put(key(s), s.toBuilder().clearTraceState().build()));
        assertTrue(out.length <= most + 32 * spans.size() || spans.size() == 1, "" + out.length);
        large += out.length > 2 * most ? 1 : 0;
      }
      assertEquals(sent, arrived);
      assertEquals(1, large);
      assertEquals(0, sampler.counts().held().traces());
    }
  }

  @Test
  void manyResourcesCountIntoTheBoundOfARequest() throws Exception {
    for (int i = 1; i <= 100; i++) {
      ExportTraceServiceRequest.Builder request = request(span(9, i)).toBuilder();
      request
          .getResourceSpansBuilder(0)
          .getResourceBuilder()
          .addAttributesBuilder()
          .setKey(i + "x".repeat(1000));
      send(request.build());
    }
    sampler.decideAll(now);
    int requests = 0;
    for (boolean more = true; more; requests++) {
      more = sampler.stamp(20_000);
      int length = sampler.ship().length;
      assertTrue(length <= 20_000, "" + length);
    }
    assertEquals(6, requests, 1);
  }

  @Test
  void lateSpansOfALargeRequestLeaveInSeveralToo() throws Exception {
    send(request(span(9, 1)));
    advance(Duration.ofSeconds(2));
    sampler.ship();
    ExportTraceServiceRequest.Builder late = ExportTraceServiceRequest.newBuilder();
    ScopeSpans.Builder scope = late.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int i = 2; i <= 1200; i++) {
      scope.addSpans(span(9, i).toBuilder().setName("x".repeat(10_000)));
    }
    send(late.build());
    assertEquals(1199, sampler.shippableSpans());
    long arrived = 0;
    int requests = 0;
    for (long spans = sampler.nextSpans(); spans > 0; spans = sampler.nextSpans()) {
      byte[] out = sampler.ship();
      assertEquals(spans, spans(ExportTraceServiceRequest.parseFrom(out)).size());
      assertTrue(out.length <= Outbox.LATE_BYTES_MAX, "" + out.length);
      arrived += spans;
      requests++;
    }
    assertEquals(1199, arrived);
    assertEquals(3, requests);
    assertEquals(0, sampler.shippableBytes());
  }

  private void assertIdentity() {
    SamplerCounts counts = sampler.counts();
    assertEquals(
        counts.received().spans(),
        sampler.measured().stream().mapToLong(MeasuredOperation::spans).sum(),
        "measured before anything is dropped");
    assertEquals(
        counts.received().spans(),
        counts.held().spans() + counts.kept().spans() + counts.dropped().spans());
    assertEquals(
        counts.kept().spans(),
        counts.kept().byReason().values().stream().mapToLong(Long::longValue).sum());
    assertEquals(
        counts.dropped().spans(),
        counts.dropped().byReason().values().stream().mapToLong(Long::longValue).sum());
  }

  private void send(ExportTraceServiceRequest request) {
    hold(request.toByteArray());
  }

  private void hold(byte[] bytes) {
    sampler.hold(scanner.scan(bytes, 0, bytes.length), now);
  }

  private void advance(Duration duration) {
    long end = now + duration.toNanos();
    while (now < end) {
      now = Math.min(end, now + 50_000_000);
      sampler.decide(now);
      sampler.stamp();
    }
  }

  private byte[] drain() {
    sampler.decideAll(now);
    sampler.stamp();
    return sampler.ship();
  }

  private static Span span(long traceIdLow, long spanId) {
    ByteBuffer trace = ByteBuffer.allocate(16).putLong(1).putLong(traceIdLow).flip();
    ByteBuffer id = ByteBuffer.allocate(8).putLong(spanId).flip();
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(trace))
        .setSpanId(ByteString.copyFrom(id))
        .setName("op")
        .setStartTimeUnixNano(1000)
        .setEndTimeUnixNano(2000)
        .build();
  }

  private static Span child(long traceIdLow, long spanId, long parentId) {
    ByteBuffer id = ByteBuffer.allocate(8).putLong(parentId).flip();
    return span(traceIdLow, spanId).toBuilder()
        .setParentSpanId(ByteString.copyFrom(id))
        .setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
        .build();
  }

  private static ExportTraceServiceRequest request(Span span) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build();
  }

  private static long threshold(Span span) {
    byte[] text = span.getTraceStateBytes().toByteArray();
    return TraceState.threshold(text, 0, text.length);
  }

  private static long randomness(Span span) {
    byte[] text = span.getTraceStateBytes().toByteArray();
    long low = span.getTraceId().substring(8).asReadOnlyByteBuffer().getLong();
    return TraceState.randomness(text, 0, text.length, low);
  }

  private static ByteString key(Span span) {
    return span.getTraceId().concat(span.getSpanId());
  }

  private static Map<ByteString, Span> byId(ExportTraceServiceRequest request) {
    Map<ByteString, Span> byId = new HashMap<>();
    spans(request).forEach(s -> byId.put(key(s), s));
    return byId;
  }

  /** All spans as a multiset in a stable order. */
  private static List<Span> spans(ExportTraceServiceRequest request) {
    List<Span> spans = new ArrayList<>();
    request
        .getResourceSpansList()
        .forEach(r -> r.getScopeSpansList().forEach(s -> spans.addAll(s.getSpansList())));
    spans.sort(
        (a, b) ->
            ByteString.unsignedLexicographicalComparator()
                .compare(a.toByteString(), b.toByteString()));
    return spans;
  }
}
