package dev.spanthrift.agent.control.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.front.AdminAnswer;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.Site;
import dev.spanthrift.agent.telemetry.Exposition;
import dev.spanthrift.agent.timer.Guarded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics for Prometheus, at the path where Spring Boot's actuator has them.
 *
 * <p>Whoever asks while others do gets one text with them: a thousand scrapes at once cost a few.
 */
public final class MetricsSite implements Site {
  private static final Logger log = LoggerFactory.getLogger(MetricsSite.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int FAILED = 500;

  private final Exposition exposition;
  private final ScheduledExecutorService reader;
  private List<Asked> asked = new ArrayList<>();
  private long nextNanos = System.nanoTime();

  private record Asked(String type, Consumer<AdminAnswer> done) {}

  public MetricsSite(Exposition exposition, ScheduledExecutorService reader) {
    this.exposition = exposition;
    this.reader = reader;
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    List<String> accepted = request.headers().getAll("Accept");
    boolean open = accepted.stream().anyMatch(a -> a.contains("application/openmetrics-text"));
    ask(new Asked(open ? Exposition.OPEN_METRICS : Exposition.TEXT, done));
  }

  private synchronized void ask(Asked one) {
    asked.add(one);
    if (asked.size() == 1) {
      long wait = Math.max(0, nextNanos - System.nanoTime());
      var unused = reader.schedule(Guarded.task("scrape", this::read), wait, TimeUnit.NANOSECONDS);
    }
  }

  private synchronized List<Asked> all() {
    List<Asked> all = asked;
    asked = new ArrayList<>();
    nextNanos = System.nanoTime() + PAUSE_NANOS;
    return all;
  }

  private void read() {
    Map<String, AdminAnswer> texts = new HashMap<>();
    for (Asked one : all()) {
      one.done().accept(texts.computeIfAbsent(one.type(), this::text));
    }
  }

  private AdminAnswer text(String type) {
    try {
      return AdminAnswer.of(200, type, exposition.scrape(type).getBytes(UTF_8)).ofAll();
    } catch (RuntimeException e) {
      log.error("metrics cannot be read", e);
      return AdminAnswer.of(FAILED, "text/plain", "see the log\n".getBytes(UTF_8));
    }
  }
}
