package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.exporter.destination.Backoff;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages, one after the other, each at most {@link #ATTEMPTS_MAX} times.
 *
 * <p>{@link #WAITING_MAX} wait at most; then the oldest goes and is counted. Neither URL nor secret
 * is in a log or an answer. Opened with the first message: where nothing is wrong nothing is there.
 */
public final class WebhookSender implements AutoCloseable {
  static final int WAITING_MAX = 32;
  static final int ATTEMPTS_MAX = 6;
  private static final Retry RETRY =
      new Retry(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMinutes(10));

  /** A page of text is how Slack says that all is well. */
  private static final String WEB_PAGE = "web_page";

  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);

  private final AlertSettings.Webhook settings;
  private final Opener opener;
  private final ScheduledExecutorService timer;
  private final LongSupplier unixMillis;
  private final Backoff backoff = new Backoff(RETRY, new Random());
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private @Nullable Sender sender;
  private String urlOpened = "";
  private boolean isDoubtful;
  private boolean busy;
  private boolean closed;
  private long sent;
  private long failed;
  private long dropped;
  private @Nullable String remark;

  /** Opens the way to the URL that is configured. */
  @FunctionalInterface
  public interface Opener {
    Sender open() throws IOException;
  }

  /** How it stands; the remark is about the last failure, and missing after a success. */
  record Status(int waiting, long sent, long failed, long dropped, @Nullable String remark) {}

  public WebhookSender(
      AlertSettings.Webhook settings,
      Opener opener,
      ScheduledExecutorService timer,
      LongSupplier unixMillis) {
    this.settings = settings;
    this.opener = opener;
    this.timer = timer;
    this.unixMillis = unixMillis;
  }

  /** Takes a message; does nothing where no webhook is configured. */
  synchronized void tell(Alert alert) {
    if (!settings.isConfigured() || closed) {
      return;
    }
    waiting.addLast(AlertMessage.body(alert, settings.format()));
    if (waiting.size() > WAITING_MAX) {
      waiting.removeFirst();
      dropped++;
    }
    sendNext();
  }

  private void sendNext() {
    byte[] next = busy || closed ? null : waiting.pollFirst();
    if (next != null) {
      busy = true;
      attempt(next, 1);
    }
  }

  private void attempt(byte[] body, int attempt) {
    try {
      var unused = opened().send(Signal.LOGS, signed(body), result -> ended(body, attempt, result));
    } catch (IOException | RuntimeException e) {
      // A file may be there at the next attempt; its name says which.
      ended(body, attempt, again(words(e)));
    }
  }

  /** What is no IOException was not made for people, and may repeat the URL. */
  private static String words(Exception e) {
    return e instanceof IOException ? InputFile.reason(e) : e.getClass().getSimpleName();
  }

  private static SendResult again(String why) {
    return new SendResult.Again("not_sent", why, SendResult.Again.OWN_BACKOFF, false);
  }

  /** Anew where the file with the URL holds another since: looked for after a failure. */
  private synchronized Sender opened() throws IOException {
    Sender known = sender;
    if (known != null && isDoubtful && !urlInFile().equals(urlOpened)) {
      known.close();
      known = null;
    }
    if (known == null) {
      sender = null;
      urlOpened = urlInFile();
      known = opener.open();
      sender = known;
      isDoubtful = false;
    }
    return known;
  }

  private String urlInFile() throws IOException {
    Path file = settings.urlFile();
    return file == null ? "" : InputFile.secret(file);
  }

  private EncodedBody signed(byte[] body) throws IOException {
    Path file = settings.secretFile();
    String secret = file == null ? null : InputFile.secret(file);
    Map<String, String> headers =
        AlertMessage.headers(body, secret, unixMillis.getAsLong() / 1_000);
    return new EncodedBody(body, body.length, Compression.NONE, headers);
  }

  private synchronized void ended(byte[] body, int attempt, SendResult result) {
    if (closed) {
      return;
    }
    isDoubtful = !isTaken(result);
    if (isTaken(result)) {
      sent++;
      remark = null;
    } else if (mayBeTakenLater(result) && attempt < ATTEMPTS_MAX) {
      remark = words(result);
      long least =
          result instanceof SendResult.Again again
              ? again.delayNanos()
              : SendResult.Again.OWN_BACKOFF;
      long wait = backoff.nanosAfter(attempt, least);
      var unused =
          timer.schedule(
              Guarded.task("alerts again", () -> attempt(body, attempt + 1)),
              Math.min(wait, RETRY.max().toNanos()),
              TimeUnit.NANOSECONDS);
      return;
    } else {
      failed++;
      remark = words(result);
      log.warn("an alert could not be sent to the webhook: {}", remark);
    }
    busy = false;
    sendNext();
  }

  /**
   * For whom OTLP would not ask again, a webhook may: its server's own trouble, or its patience.
   */
  private static boolean mayBeTakenLater(SendResult result) {
    return result instanceof SendResult.Again
        || result.kind().startsWith("status_5")
        || result.kind().equals("status_408");
  }

  private static boolean isTaken(SendResult result) {
    return result instanceof SendResult.Accepted || result.kind().equals(WEB_PAGE);
  }

  /** Only the kind: an answer may repeat what it was asked. */
  private static String words(SendResult result) {
    return result.kind().equals("not_sent") ? "not sent: " + result.message() : result.kind();
  }

  /** One attempt, now, past all that waits; answers how it ended. */
  CompletableFuture<SendResult> test(Alert alert) {
    CompletableFuture<SendResult> ended = new CompletableFuture<>();
    try {
      byte[] body = AlertMessage.body(alert, settings.format());
      var unused = opened().send(Signal.LOGS, signed(body), ended::complete);
    } catch (IOException | RuntimeException e) {
      ended.complete(again(words(e)));
    }
    return ended.thenApply(result -> isTaken(result) ? SendResult.Accepted.PLAIN : result);
  }

  AlertSettings.Webhook settings() {
    return settings;
  }

  synchronized Status status() {
    return new Status(waiting.size() + (busy ? 1 : 0), sent, failed, dropped, remark);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (sender != null) {
      sender.close();
    }
  }
}
