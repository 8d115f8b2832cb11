package dev.spanthrift.agent.control.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.front.AdminAnswer;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.Site;
import dev.spanthrift.agent.telemetry.Exposition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics for Prometheus, at the path where Spring Boot's actuator has them.
 *
 * <p>Read on one thread, once a second at most: a thousand scrapes at once get the same text.
 */
public final class MetricsSite implements Site {
  private static final Logger log = LoggerFactory.getLogger(MetricsSite.class);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int FAILED = 500;

  private final Exposition exposition;
  private final Executor reader;
  private final Map<String, Text> texts = new HashMap<>(); // only the reader's thread

  private record Text(AdminAnswer answer, long readNanos) {}

  /**
   * Over one registry.
   *
   * @param reader a single thread
   */
  public MetricsSite(Exposition exposition, Executor reader) {
    this.exposition = exposition;
    this.reader = reader;
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    List<String> accepted = request.headers().getAll("Accept");
    boolean open = accepted.stream().anyMatch(a -> a.contains("application/openmetrics-text"));
    reader.execute(() -> done.accept(text(open ? Exposition.OPEN_METRICS : Exposition.TEXT)));
  }

  private AdminAnswer text(String type) {
    long now = System.nanoTime();
    Text known = texts.get(type);
    if (known != null && now - known.readNanos() < FRESH_NANOS) {
      return known.answer();
    }
    try {
      byte[] body = exposition.scrape(type).getBytes(UTF_8);
      AdminAnswer answer = AdminAnswer.of(200, type, body).ofAll();
      texts.put(type, new Text(answer, System.nanoTime()));
      return answer;
    } catch (RuntimeException e) {
      log.error("metrics cannot be read", e);
      return AdminAnswer.of(FAILED, "text/plain", "see the log\n".getBytes(UTF_8));
    }
  }
}
