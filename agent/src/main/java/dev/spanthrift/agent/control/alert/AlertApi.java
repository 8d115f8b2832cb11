package dev.spanthrift.agent.control.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.Durations;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.http.RequestFields;
import dev.spanthrift.exporter.transport.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What is wrong; silences; a test of the webhook. */
@RestController
public final class AlertApi {
  private static final Duration SILENCE_MAX = Duration.ofDays(7);
  private static final Duration TEST_WAIT = Duration.ofSeconds(10);
  private static final long TEST_PAUSE_MILLIS = 5_000;
  private static final List<String> FIELDS = List.of("rule", "id", "ttl", "reason");

  private final AlertSettings settings;
  private final AlertBook book;
  private final WebhookSender webhook;
  private final AuditLog audit;
  private final LongSupplier unixMillis;
  private final AtomicLong tested = new AtomicLong(-TEST_PAUSE_MILLIS);

  public AlertApi(
      AlertSettings settings,
      AlertBook book,
      WebhookSender webhook,
      AuditLog audit,
      LongSupplier unixMillis) {
    this.settings = settings;
    this.book = book;
    this.webhook = webhook;
    this.audit = audit;
    this.unixMillis = unixMillis;
  }

  /** One rule as it is set. */
  record Rule(String name, boolean on, double threshold, String unit, String about) {}

  /** The way out; never its URL. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Way(
      boolean configured,
      @Nullable String format,
      boolean signed,
      int waiting,
      long sent,
      long failed,
      long dropped,
      @Nullable String remark) {}

  /** All of it. */
  record Page(
      List<Alert> alerts, List<Rule> rules, List<AlertBook.Silence> silences, Way webhook) {}

  /** What came of a test. */
  record Tested(boolean delivered, String detail) {}

  @GetMapping("/api/v1/alerts")
  Page list() {
    AlertSettings.Webhook way = settings.webhook();
    WebhookSender.Status status = webhook.status();
    return new Page(
        book.alerts(),
        Arrays.stream(AlertRule.values()).map(this::rule).toList(),
        book.silences(),
        new Way(
            way.isConfigured(),
            way.isConfigured() ? way.format().toString() : null,
            way.secretFile() != null,
            status.waiting(),
            status.sent(),
            status.failed(),
            status.dropped(),
            status.remark()));
  }

  private Rule rule(AlertRule rule) {
    return new Rule(
        rule.word(), rule.isOn(settings), rule.threshold(settings), rule.unit(), rule.about());
  }

  @PostMapping(path = "/api/v1/alerts:silence", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<AlertBook.Silence> silence(
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestBody(required = false) Mono<byte[]> body) {
    return body.defaultIfEmpty(new byte[0])
        .publishOn(Schedulers.boundedElastic())
        .map(
            text -> {
              AlertBook.Silence wished = read(BodyFormat.JSON.read(text));
              Author author = Authors.of(headers, wished.reason());
              AlertBook.Silence silence = wished.because(author.reason());
              if (!book.hasPlace(silence)) {
                throw noPlace();
              }
              if (!dryRun) {
                set(silence, author);
              }
              return silence;
            });
  }

  private void set(AlertBook.Silence silence, Author author) {
    String subject = silence.rule() == null ? silence.id() : silence.rule();
    audit.append(author, "alerts.silence", subject, silence.until().toString(), List.of());
    if (!book.silence(silence)) {
      throw noPlace(); // another one was faster
    }
  }

  private static ProblemException noPlace() {
    return new ProblemException(
        ProblemType.TOO_MANY, AlertBook.SILENCES_MAX + " silences, which are as many as may be");
  }

  private AlertBook.Silence read(JsonNode body) {
    String example = "{\"rule\": \"latency\", \"ttl\": \"2h\", \"reason\": \"deploy\"}";
    RequestFields.known("", body, FIELDS, example);
    String rule = body.path("rule").asString(null);
    String id = body.path("id").asString(null);
    if ((rule == null) == (id == null)) {
      throw ProblemException.invalid("", "either rule or id is silenced", example);
    }
    if (rule != null && AlertRule.of(rule) == null) {
      throw ProblemException.invalid(
          "/rule",
          "no such rule",
          "one of " + Arrays.stream(AlertRule.values()).map(AlertRule::word).toList());
    }
    if (id != null && !book.isKnown(id)) {
      throw ProblemException.invalid("/id", "no such alert is active", "see GET /api/v1/alerts");
    }
    JsonNode ttl = body.path("ttl");
    Optional<Duration> time = ttl.isString() ? Durations.parse(ttl.asString()) : Optional.empty();
    Duration length =
        time.filter(d -> !d.isNegative() && d.compareTo(SILENCE_MAX) <= 0)
            .orElseThrow(
                () ->
                    ProblemException.invalid(
                        "/ttl", "not a time from 0s to 7d", "\"2h\"; \"0s\" ends a silence"));
    Instant until = Instant.ofEpochMilli(unixMillis.getAsLong()).plus(length);
    return new AlertBook.Silence(rule, id, until, body.path("reason").asString(""));
  }

  @PostMapping("/api/v1/alerts:test")
  Mono<Tested> test(
      @RequestHeader HttpHeaders headers, @RequestParam(defaultValue = "false") boolean dryRun) {
    if (!settings.webhook().isConfigured()) {
      throw new ProblemException(
          ProblemType.NO_WEBHOOK, "alerts.webhook.url and alerts.webhook.urlFile are not set");
    }
    if (dryRun) {
      return Mono.just(new Tested(false, "nothing was sent: a dry run"));
    }
    long now = unixMillis.getAsLong();
    long before = tested.get();
    boolean justNow = now >= before && now - before < TEST_PAUSE_MILLIS;
    if (justNow || !tested.compareAndSet(before, now)) {
      throw new ProblemException(ProblemType.BUSY, "a test was sent in the last seconds");
    }
    return Mono.fromCallable(
            () -> {
              Author author = Authors.withoutReason(headers); // it changes nothing
              audit.append(author, "alerts.test", null, null, List.of());
              return webhook.test(made(now));
            })
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(Mono::fromFuture)
        .timeout(TEST_WAIT, Mono.just(new SendResult.Failed("timeout", "", false)))
        .map(result -> new Tested(result instanceof SendResult.Accepted, words(result)));
  }

  private Alert made(long now) {
    return new Alert(
        "test",
        "test",
        "test",
        "test",
        Instant.ofEpochMilli(now),
        null,
        0,
        0,
        "",
        "This is a test: alerts of Spanthrift come here.",
        book.link("test"),
        true);
  }

  private static String words(SendResult result) {
    return switch (result) {
      case SendResult.Accepted accepted -> "delivered";
      case SendResult.Again again -> "not delivered: " + again.kind();
      case SendResult.Failed failed -> "not delivered: " + failed.kind();
    };
  }
}
