package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.client.OtlpStub;
import dev.spanthrift.agent.recording.Recordings;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendCommandTest {
  private static final long MILLI = 1_000_000L;
  private static final long T = 1_660_000_000_000L * MILLI;
  private static final long[] FLUSHES = {T, T + 40 * MILLI, T + 80 * MILLI, T + 120 * MILLI};

  @TempDir Path folder;
  private List<ExportTraceServiceRequest> recorded;
  private Path file;

  @BeforeEach
  void record() throws Exception {
    recorded = Recordings.requests(7, FLUSHES);
    file = Recordings.write(folder, recorded, FLUSHES);
  }

  private Console send(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "send";
    all[1] = file.toString();
    System.arraycopy(options, 0, all, 2, options.length);
    return Console.run(Map.of(), all);
  }

  private static Span only(byte[] request) throws Exception {
    return ExportTraceServiceRequest.parseFrom(request)
        .getResourceSpans(0)
        .getScopeSpans(0)
        .getSpans(0);
  }

  @Test
  void theRecordedBytesArriveOverGrpcAtTheirOwnPace() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      long start = System.nanoTime();
      Console console = send("--to", "127.0.0.1:" + stub.grpcPort());
      assertTrue(System.nanoTime() - start >= 120 * MILLI, "faster than recorded");
      assertEquals(0, console.code(), console.err());
      Set<ByteString> sent = new HashSet<>();
      recorded.forEach(request -> sent.add(request.toByteString()));
      Set<ByteString> arrived = new HashSet<>();
      stub.requests().forEach(request -> arrived.add(ByteString.copyFrom(request)));
      assertEquals(sent, arrived);
      assertTrue(console.out().startsWith("sent 4 requests"), console.out());
      assertTrue(console.out().contains("accepted 4, refused 0"), console.out());
    }
  }

  @Test
  void theyArriveOverHttpToo() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      Console console = send("--to", "127.0.0.1:" + stub.httpPort(), "--http", "--speed", "max");
      assertEquals(0, console.code(), console.err());
      assertEquals(4, stub.requests().size());
      assertTrue(console.err().contains("over HTTP"), console.err());
    }
  }

  @Test
  void freshTimesEndWithTheSending() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      long before = System.currentTimeMillis() * MILLI;
      send("--to", "127.0.0.1:" + stub.grpcPort(), "--fresh-times", "--speed", "4x");
      long after = System.currentTimeMillis() * MILLI;
      for (byte[] request : stub.requests()) {
        long end = only(request).getEndTimeUnixNano();
        assertTrue(end >= before - 200 * MILLI && end <= after + MILLI, end + " after " + after);
      }
    }
  }

  @Test
  void freshIdsAreOtherIds() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      send("--to", "127.0.0.1:" + stub.grpcPort(), "--fresh-ids", "--speed", "max");
      Set<Object> ids = new HashSet<>();
      for (ExportTraceServiceRequest request : recorded) {
        ids.add(only(request.toByteArray()).getTraceId());
      }
      for (byte[] request : stub.requests()) {
        ids.add(only(request).getTraceId());
      }
      assertEquals(8, ids.size());
    }
  }

  @Test
  void unavailableIsTriedAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    OtlpStub.Script busy = new OtlpStub.Script(Status.Code.UNAVAILABLE, new byte[0]);
    try (OtlpStub stub =
        new OtlpStub(request -> calls.incrementAndGet() <= 2 ? busy : OtlpStub.Script.OK)) {
      Console console = send("--to", "127.0.0.1:" + stub.grpcPort(), "--speed", "max");
      assertEquals(0, console.code(), console.out());
      assertEquals(4, stub.requests().size());
      assertTrue(console.out().contains("retries 2"), console.out());
    }
  }

  @Test
  void whatIsRefusedIsCountedWithItsReasonAndFails() throws Exception {
    OtlpStub.Script no = new OtlpStub.Script(Status.Code.INVALID_ARGUMENT, new byte[0]);
    try (OtlpStub stub = new OtlpStub(request -> no)) {
      Console console = send("--to", "127.0.0.1:" + stub.grpcPort(), "--speed", "max");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("accepted 0, refused 4"), console.out());
      assertTrue(console.out().contains("refused 4: INVALID_ARGUMENT: scripted"), console.out());
    }
  }

  @Test
  void nobodyThereEndsItAtOnceWithTheAddress() throws Exception {
    OtlpStub gone = new OtlpStub(request -> OtlpStub.Script.OK);
    int grpc = gone.grpcPort();
    int http = gone.httpPort();
    gone.close();
    String said = "spanthrift: nothing listens on 127.0.0.1:%d: connection refused";
    Console console = send("--to", "127.0.0.1:" + grpc);
    assertEquals(1, console.code());
    assertTrue(console.err().contains(said.formatted(grpc)), console.err());
    assertTrue(console.out().contains("retries 0"), console.out());
    console = send("--to", "127.0.0.1:" + http, "--http");
    assertEquals(1, console.code());
    assertTrue(console.err().contains(said.formatted(http)), console.err());
  }

  @Test
  void anUnknownNameIsOneLineWithoutALibrarysStackTrace() {
    Console console = send("--to", "nowhere.invalid:4317");
    assertEquals(1, console.code());
    assertTrue(
        console.err().contains("spanthrift: nowhere.invalid:4317: its name is not known to DNS"),
        console.err());
    assertFalse(Logger.getLogger("io.grpc.internal.X").isLoggable(Level.WARNING));
  }

  @Test
  void aServerThatWantsCredentialsEndsItAtOnce() throws Exception {
    OtlpStub.Script no = new OtlpStub.Script(Status.Code.UNAUTHENTICATED, new byte[0]);
    try (OtlpStub stub = new OtlpStub(request -> no)) {
      Console console = send("--to", "127.0.0.1:" + stub.grpcPort(), "--speed", "0.001");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("sent 1 requests"), console.out());
      assertTrue(console.err().contains("UNAUTHENTICATED: scripted"), console.err());
      assertTrue(console.err().contains("credentials"), console.err());
    }
  }

  @Test
  void aServerThatHasTooMuchIsSaidSo() throws Exception {
    OtlpStub.Script no = new OtlpStub.Script(Status.Code.RESOURCE_EXHAUSTED, new byte[0]);
    try (OtlpStub stub = new OtlpStub(request -> no)) {
      Console console = send("--to", "127.0.0.1:" + stub.grpcPort(), "--speed", "max");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("refused 4: RESOURCE_EXHAUSTED"), console.out());
      assertTrue(console.out().contains("a lower --speed"), console.out());
    }
  }

  @Test
  void whoHasAcceptedBeforeIsTriedAgainWhenGone() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (OtlpStub stub =
        new OtlpStub(
            request -> {
              if (calls.incrementAndGet() == 2) {
                throw new IllegalStateException("scripted");
              }
              return OtlpStub.Script.OK;
            })) {
      Console console = send("--to", "127.0.0.1:" + stub.httpPort(), "--http");
      assertEquals(0, console.code(), console.out() + console.err());
      assertTrue(console.out().contains("retries 1"), console.out());
    }
  }

  @Test
  void aFileThatIsNoRecordingFailsWithAWord() throws Exception {
    file = Files.writeString(folder.resolve("other"), "hello, this is no recording at all");
    Files.delete(folder.resolve("requests.csv.gz"));
    Console console = send("--to", "127.0.0.1:1");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("other: "), console.err());
    assertTrue(console.err().contains("is this a recording?"), console.err());
    file = folder.resolve("absent");
    assertTrue(send("--to", "127.0.0.1:1").err().contains("absent: no such file"));
    file = folder;
    assertTrue(send("--to", "127.0.0.1:1").err().contains(": is a folder"));
    file = Files.write(folder.resolve("empty"), new byte[0]);
    console = send("--to", "127.0.0.1:1");
    assertEquals(1, console.code(), "nothing was sent");
    assertTrue(console.err().contains("empty: holds no request"), console.err());
  }
}
