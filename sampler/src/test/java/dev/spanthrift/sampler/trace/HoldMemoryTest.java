package dev.spanthrift.sampler.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.ContextTable;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the hold says it takes is what its arrays take, so its bound bounds. */
class HoldMemoryTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long MEBI = 1 << 20;
  private static final long SLACK = 96 * 1024; // fixed tables, and what one batch may add

  private final Random random = new Random(SEED);
  private final Scanner scanner = new Scanner(1 << 20);
  private final ContextTable contexts = new ContextTable();
  private long traces;
  private long now = 1;

  private static HoldSettings settings(long bytesMax) {
    HoldSettings plain = HoldSettings.DEFAULT;
    return new HoldSettings(
        plain.pause(), plain.deadline(), plain.ageMax(), null, bytesMax, bytesMax / 4, 1 << 20);
  }

  private Hold hold(long bytesMax) {
    return new Hold(settings(bytesMax), SliceCodec.deflate(), contexts, 4);
  }

  /** Sends traces of one batch; what is above the bound is let go, oldest first. */
  private void send(Hold hold, int count, int spansEach, int extraBytes) {
    add(hold, count, spansEach, extraBytes);
    for (int slot = hold.pollPressed(); slot != Hold.NONE; slot = hold.pollPressed()) {
      letGo(hold, slot);
    }
  }

  private void add(Hold hold, int count, int spansEach, int extraBytes) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    byte[] extra = new byte[extraBytes];
    for (int i = 0; i < count; i++) {
      ByteString id = id(++traces);
      for (int s = 1; s <= spansEach; s++) {
        random.nextBytes(extra);
        Span.Builder span =
            Span.newBuilder()
                .setTraceId(id)
                .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(s).flip()));
        scope.addSpans(extraBytes == 0 ? span : span.setNameBytes(ascii(extra)));
      }
    }
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpans(scope);
    byte[] bytes = request.build().toByteArray();
    Batch batch = scanner.scan(bytes, 0, bytes.length);
    for (int row = 0; row < batch.size(); row++) {
      int slot = hold.find(batch.traceIdHigh(row), batch.traceIdLow(row));
      if (slot == Hold.NONE) {
        slot = hold.open(batch.traceIdHigh(row), batch.traceIdLow(row), 0, -1, 0, now++);
      }
      hold.add(slot, batch, row, contexts.intern(batch, batch.scope(row)), 0, 0, now++);
    }
  }

  private static ByteString ascii(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] & 0x7f);
    }
    return ByteString.copyFrom(bytes);
  }

  private static ByteString id(long n) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(n).putLong(-n).flip());
  }

  private static void letGo(Hold hold, int slot) {
    hold.detach(slot);
    hold.release(slot);
  }

  private static long measured(Hold hold) throws IllegalAccessException {
    return Footprint.of(hold);
  }

  /** The account is right to a few percent, in both directions. */
  private static void assertAccountIsTrue(Hold hold, String when) throws IllegalAccessException {
    long measured = measured(hold);
    String message = when + ", seed " + SEED + ": " + hold.bytes() + " said, " + measured;
    assertTrue(measured <= hold.bytes() * 1.02 + SLACK, message);
    assertTrue(hold.bytes() <= measured * 1.06 + SLACK, message);
  }

  @Test
  void accountIsTrueForTinyTraces() throws Exception {
    Hold hold = hold(64 * MEBI);
    for (int i = 0; i < 200; i++) {
      send(hold, 1000, 1, 0);
    }
    assertEquals(200_000, hold.spans());
    assertAccountIsTrue(hold, "tiny traces");
  }

  @Test
  void boundHoldsWhateverComes() throws Exception {
    long most = 8 * MEBI;
    Hold hold = hold(most);
    int[][] kinds = {{2000, 1, 0}, {20, 100, 40}, {40, 1, 20_000}, {500, 4, 200}, {1, 2, 700_000}};
    for (int turn = 0; turn < 12; turn++) {
      int[] kind = kinds[turn < kinds.length ? turn : random.nextInt(kinds.length)];
      for (int i = 0; i < 40; i++) {
        send(hold, kind[0], kind[1], kind[2]);
        assertTrue(hold.bytes() <= most, "said " + hold.bytes());
      }
      assertNotEquals(0, hold.traces(), "it holds something");
      assertAccountIsTrue(hold, "turn " + turn);
      assertTrue(measured(hold) <= most * 1.02 + SLACK, "turn " + turn + ", seed " + SEED);
    }
  }

  @Test
  void memoryOfAPeakIsGivenBack() throws Exception {
    Hold hold = hold(64 * MEBI);
    for (int i = 0; i < 100; i++) {
      send(hold, 1000, 1, 0);
    }
    long peak = measured(hold);
    while (hold.traces() > 10) {
      letGo(hold, hold.oldest());
    }
    assertTrue(peak > 20 * MEBI, "peak " + peak);
    assertTrue(measured(hold) < 4 * MEBI, "after it " + measured(hold));
    assertAccountIsTrue(hold, "after the peak");
  }

  @Test
  void whatIsDecidedAndNotYetSentPressesNobody() {
    Hold hold = hold(2 * MEBI);
    while (!hold.isPressed()) {
      add(hold, 100, 1, 0);
    }
    int traces = hold.traces();
    long bytes = hold.bytes();
    int first = hold.oldest();
    hold.detach(first);
    for (int i = 1; i < traces / 4; i++) {
      hold.detach(hold.oldest());
    }
    assertFalse(hold.isPressed(), "a quarter is on its way out");
    assertEquals(bytes, hold.bytes(), "but still there");
    hold.release(first);
    assertEquals(traces * 3 / 4, hold.traces(), 1);
  }

  @Test
  void remembersDecisionsWithinTheBytesItSays() throws Exception {
    for (int most : new int[] {1, 100, 1000, 1024, 5000}) {
      DecisionMemory memory = new DecisionMemory(most);
      for (long n = 1; n <= 3L * most; n++) {
        memory.remember(n, -n, n);
        for (long back = Math.max(1, n - most + 1); back <= n; back += 1 + most / 7) {
          assertEquals(back, memory.find(back, -back), most + " at " + n);
        }
      }
      assertTrue(memory.bytes() <= DecisionMemory.bytesMax(most));
      assertTrue(Footprint.of(memory) <= memory.bytes() + 512, "headers of a few arrays apart");
    }
  }
}
