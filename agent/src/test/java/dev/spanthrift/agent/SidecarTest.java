package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in this process, with its real ports. */
@Timeout(120)
class SidecarTest {
  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private SpanthriftSettings settings(Map<String, String> more) throws Exception {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_STATE_DIR", folder.toString());
    environment.put("SPANTHRIFT_HOLD_PAUSE", "0s");
    environment.putAll(more);
    return SettingsLoader.load(null, environment).settings();
  }

  private static String discard(String signals) {
    return "[{name: nowhere, endpoint: 'http://127.0.0.1:9', signals: [" + signals + "]}]";
  }

  private static byte[] spans(long id) {
    ByteBuffer trace = ByteBuffer.allocate(16).putLong(1).putLong(id).flip();
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpans(
            Span.newBuilder()
                .setTraceId(ByteString.copyFrom(trace))
                .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})));
    return request.build().toByteArray();
  }

  private int post(int port, String path, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Sends from before the port is open until told to end; says how many were taken. */
  private CompletableFuture<Long> sendFromTheFirstMoment(int port, AtomicBoolean over) {
    return CompletableFuture.supplyAsync(
        () -> {
          long taken = 0;
          while (!over.get()) {
            try {
              taken += post(port, "/v1/traces", spans(taken + 1)) == 200 ? 1 : 0;
            } catch (IOException notYetOpen) {
              Thread.onSpinWait();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return taken;
        });
  }

  @Test
  void theKillSwitchOfTheLastProcessHoldsFromTheFirstSpanOn() throws Exception {
    long until = System.currentTimeMillis() + 3_600_000;
    Files.writeString(
        folder.resolve("kill-switch.json"),
        "{\"mode\":\"KEEP_ALL\",\"sinceUnixMillis\":1,\"untilUnixMillis\":%d}".formatted(until));
    int port = freePort();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Long> sender = sendFromTheFirstMoment(port, over);
    Sidecar sidecar = new Sidecar();
    long taken;
    try {
      sidecar.start(
          settings(
              Map.of(
                  "SPANTHRIFT_LISTEN_HTTP_PORT",
                  "" + port,
                  "SPANTHRIFT_DESTINATIONS",
                  discard("traces"),
                  "SPANTHRIFT_POLICIES",
                  "[{name: none, drop: true}]")));
    } finally {
      over.set(true);
      taken = sender.join();
      sidecar.stop(Duration.ofSeconds(2));
    }
    assertTrue(taken > 0, "it was open before it had started whole");
    SamplerCounts spans = sidecar.status().spans();
    assertEquals(Map.of(), spans.dropped().byReason());
    assertEquals(Map.of("kill_switch", taken), spans.kept().byReason());
  }

  @Test
  void whatNoDestinationTakesIsCountedAndTheBooksAgree() throws Exception {
    Sidecar sidecar = new Sidecar();
    try {
      int port =
          sidecar.start(settings(Map.of("SPANTHRIFT_DESTINATIONS", discard("metrics")))).http();
      byte[] logs = ExportLogsServiceRequest.getDefaultInstance().toByteArray();
      for (int i = 0; i < 3; i++) {
        assertEquals(200, post(port, "/v1/logs", logs));
      }
      assertEquals(200, post(port, "/v1/metrics", logs));
      assertEquals(200, post(port, "/v1/traces", spans(7)));
    } finally {
      sidecar.stop(Duration.ofSeconds(1));
    }
    PipelineStatus status = sidecar.status();
    assertEquals(3, status.signals().get(Signal.LOGS).letGo());
    assertEquals(0, status.signals().get(Signal.METRICS).letGo());
    assertEquals(Map.of("no_destination", 1L), status.shipping().failedByReason());
    assertEquals(11, status.identities().size());
    status.identities().forEach(law -> assertTrue(law.holds(), law.toString()));
  }
}
