package dev.spanthrift.kubernetes.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The port that both programs have, over real sockets. */
@Timeout(120)
class AdminPortTest {
  private final ProgramMetrics metrics = new ProgramMetrics("test");
  private final AtomicReference<String> lack = new AtomicReference<>("");
  private final AdminPort port =
      AdminPort.open(
          new InetSocketAddress("127.0.0.1", 0), metrics, lack::get, Map.of("/page", () -> "{}"));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    port.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String type(HttpResponse<String> answer) {
    return answer.headers().firstValue("content-type").orElse("none");
  }

  /** Prometheus 3 refuses what it is not told the format of. */
  @Test
  void eachAnswerSaysWhatItIs() throws Exception {
    metrics.counter("words", "Words.", "of", "who");
    HttpResponse<String> scraped = get("/actuator/prometheus");
    assertEquals("text/plain; version=0.0.4; charset=utf-8", type(scraped));
    assertTrue(
        scraped.body().contains("\nspanthrift_test_words_total{of=\"who\"} 0.0\n"), scraped.body());
    assertEquals("application/json", type(get("/page")));
    assertEquals("text/plain; charset=utf-8", type(get("/healthz")));
    assertEquals(404, get("/").statusCode());
  }

  @Test
  void whatIsLackingIsSaid() throws Exception {
    assertEquals(200, get("/readyz").statusCode());
    lack.set("no certificate");
    assertEquals(503, get("/readyz").statusCode());
    assertEquals("no certificate\n", get("/readyz").body());
    assertEquals(200, get("/healthz").statusCode());
  }

  @Test
  void whoConnectsAndSaysNothingIsCounted() throws Exception {
    try (Socket mute = new Socket("127.0.0.1", port.port())) {
      mute.setSoTimeout(60_000);
      assertEquals(-1, mute.getInputStream().read());
    }
    String reason = "spanthrift_test_admin_connections_refused_total{reason=\"mute_connection\"}";
    assertTrue(get("/actuator/prometheus").body().contains("\n" + reason + " 1.0\n"));
  }

  /** Micrometer holds objects weakly: a counter whose object is gone would stand still. */
  @Test
  void aCountThatIsHeldByNobodyElseGoesOn() {
    AtomicLong count = new AtomicLong();
    metrics.counted("kept", "Kept.", new Reader(count));
    WeakReference<Object> gone = new WeakReference<>(new Object());
    while (gone.get() != null) {
      System.gc();
    }
    count.set(7);
    assertTrue(metrics.scrape().contains("spanthrift_test_kept_total 7.0\n"), metrics.scrape());
  }

  private record Reader(AtomicLong count) implements LongSupplier {
    @Override
    public long getAsLong() {
      return count.get();
    }
  }
}
