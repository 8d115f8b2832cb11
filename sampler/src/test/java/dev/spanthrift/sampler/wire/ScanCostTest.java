package dev.spanthrift.sampler.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * What a request may cost grows with its size and no faster, whatever is repeated in it: counted in
 * bytes allocated, which does not depend on the machine.
 */
class ScanCostTest {
  private static final int PARTS = 2_000;
  private static final long PER_BYTE_MAX = 60;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Scans, gives each scope its context and writes one span of each back. */
  private static long allocated(byte[] request) {
    Scanner scanner = new Scanner(100_000);
    ContextTable contexts = new ContextTable();
    RequestWriter writer = new RequestWriter(contexts);
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
    Batch batch = scanner.scan(request, 0, request.length);
    for (int row = 0; row < batch.size(); row++) {
      int context = contexts.intern(batch, batch.scope(row));
      if (row == 0 || batch.scope(row) != batch.scope(row - 1)) {
        writer.add(context, batch.buffer(), batch.start(row), batch.bytes(row));
      }
    }
    byte[] unused = batch.requestExtras();
    contexts.trim();
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId()) - before;
  }

  private static void assertLinear(String what, IntFunction<byte[]> request) {
    byte[] bytes = request.apply(PARTS);
    long unused = allocated(request.apply(10));
    long cost = allocated(bytes);
    assertTrue(
        cost < PER_BYTE_MAX * bytes.length + (4 << 20),
        () -> what + ": " + cost + " bytes for a request of " + bytes.length);
  }

  private static FieldWriter scope(String name) {
    FieldWriter span = new FieldWriter().id(1, 5, 7).id(2, 9);
    FieldWriter scope = new FieldWriter().text(1, name);
    return new FieldWriter().message(1, scope).message(2, span);
  }

  private static byte[] request(FieldWriter resourceSpans, FieldWriter behind) {
    return new FieldWriter().message(1, resourceSpans).append(behind).toBytes();
  }

  private static FieldWriter repeated(int count, int field, String text) {
    FieldWriter many = new FieldWriter();
    for (int i = 0; i < count; i++) {
      many.text(field, text);
    }
    return many;
  }

  @Test
  void manyUnknownFieldsOfTheRequest() {
    assertLinear(
        "request",
        count ->
            request(new FieldWriter().message(2, scope("s")), repeated(count, 99, "x".repeat(30))));
  }

  @Test
  void manyResourceMessages() {
    FieldWriter attribute =
        new FieldWriter().text(1, "k").message(2, new FieldWriter().text(1, "v"));
    FieldWriter resource = new FieldWriter().message(1, attribute);
    assertLinear(
        "resources",
        count -> {
          FieldWriter spans = new FieldWriter();
          for (int i = 0; i < count; i++) {
            spans.message(1, resource);
          }
          return request(spans.message(2, scope("s")), new FieldWriter());
        });
  }

  @Test
  void manyScopeMessages() {
    assertLinear(
        "scope messages",
        count -> {
          FieldWriter scope = new FieldWriter();
          for (int i = 0; i < count; i++) {
            scope.message(1, new FieldWriter().text(1, "n"));
          }
          scope.message(2, new FieldWriter().id(1, 5, 7));
          return request(new FieldWriter().message(2, scope), new FieldWriter());
        });
  }

  @Test
  void manyScopesUnderOneLargeResource() {
    assertLinear(
        "scopes",
        count -> {
          FieldWriter spans = new FieldWriter();
          spans.message(1, repeated(count, 50, "y".repeat(50)));
          for (int i = 0; i < count; i++) {
            spans.message(2, scope("scope " + i));
          }
          return request(spans, new FieldWriter());
        });
  }

  @Test
  void manyScopesBesideManyUnknownFieldsOfTheRequest() {
    assertLinear(
        "scopes and unknown fields",
        count -> {
          FieldWriter spans = new FieldWriter();
          for (int i = 0; i < count; i++) {
            spans.message(2, scope("scope " + i));
          }
          return request(spans, repeated(count, 99, "x".repeat(50)));
        });
  }

  @Test
  void manyScopesWithFieldsBetweenThem() {
    assertLinear(
        "fields between scopes",
        count -> {
          FieldWriter spans = new FieldWriter();
          for (int i = 0; i < count; i++) {
            spans.message(2, scope("scope " + i)).text(70, "z".repeat(20));
          }
          return request(spans, new FieldWriter());
        });
  }
}
