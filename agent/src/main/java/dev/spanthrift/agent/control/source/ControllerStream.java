package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.settings.ControllerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket to the controller, opened again and again by one thread of its own.
 *
 * <p>Pauses are drawn at random ({@link StreamPauses}), so that a controller is not asked by all
 * sidecars at once. Who hears nothing for 45 s, three beats, takes the stream for dead.
 */
final class ControllerStream implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerStream.class);
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(45);
  private static final int LINGER_MILLIS = 500;

  /** One is asked for at a time, so that more than these two cannot come. */
  private static final int WAITING_MAX = 4;

  private final ControllerSettings settings;
  private final PolicySource source;
  private final String version;
  private final PodLabels podLabels;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("spanthrift-controller").unstarted(this::run);
  private volatile boolean closed;

  ControllerStream(ControllerSettings settings, PolicySource source, String version) {
    this.settings = settings;
    this.source = source;
    this.version = version;
    podLabels = new PodLabels(settings.labelsFile());
  }

  void start() {
    thread.start();
  }

  private void run() {
    StreamPauses pauses = new StreamPauses(ThreadLocalRandom.current());
    while (!closed) {
      Duration lived = Duration.ZERO;
      try {
        lived = serve();
      } catch (InterruptedException e) {
        return; // only close interrupts
      } catch (RuntimeException e) {
        log.error("the stream of the controller failed and goes on", e);
        source.disconnected("failed here: " + e);
      }
      try {
        Thread.sleep(pauses.after(lived));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Something that happened on the wire: a text, or the end. */
  private record Event(@Nullable String text, String end) {}

  /** One connection, to its end; says for how long it was one. */
  private Duration serve() throws InterruptedException {
    long opened = 0;
    boolean open = false;
    try (HttpClient client = client()) {
      try {
        Ear ear = new Ear();
        WebSocket socket = open(client, ear);
        opened = System.nanoTime();
        open = true;
        source.connected();
        try {
          talk(socket, ear.events);
        } finally {
          socket.abort();
        }
      } catch (IOException e) {
        source.disconnected(words(e));
      } finally {
        client.shutdownNow(); // close() alone would wait for a peer that hangs
      }
    } catch (IOException e) {
      source.disconnected(words(e));
    }
    return open ? Duration.ofNanos(System.nanoTime() - opened) : Duration.ZERO;
  }

  private static String words(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private HttpClient client() throws IOException {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    if ("https".equals(uri().getScheme())) {
      builder.sslContext(StreamCredentials.trust(settings));
    }
    return builder.build();
  }

  private URI uri() {
    return Objects.requireNonNull(settings.url());
  }

  private WebSocket open(HttpClient client, Ear ear) throws IOException, InterruptedException {
    URI at = uri();
    String scheme = "https".equals(at.getScheme()) ? "wss" : "ws";
    try {
      return client
          .newWebSocketBuilder()
          .connectTimeout(CONNECT)
          .header("Authorization", "Bearer " + StreamCredentials.token(settings))
          .buildAsync(URI.create(scheme + "://" + at.getRawAuthority() + StreamMessage.PATH), ear)
          .get(2 * CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + 2 * CONNECT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(refusal(e.getCause()), e);
    }
  }

  /** Why a stream was not opened, for people. */
  static String refusal(@Nullable Throwable cause) {
    if (cause instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      return switch (status) {
        case 401, 403 ->
            "HTTP "
                + status
                + ": it does not take the token; its audience must be the controller's";
        case 503 -> "HTTP 503: it has too much to do, or cannot ask the cluster about the token";
        default -> "HTTP " + status + " instead of a stream; is controller.url right?";
      };
    }
    String message = cause == null ? null : cause.getMessage();
    return cause == null
        ? "not reached"
        : cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  private void talk(WebSocket socket, BlockingQueue<Event> events)
      throws IOException, InterruptedException {
    Map<String, String> labels = podLabels.read();
    send(socket, new StreamMessage.Hello(version, source.have(), labels));
    long heard = System.nanoTime();
    long nextReport = heard + TimeUnit.SECONDS.toNanos(1);
    while (!closed) {
      long now = System.nanoTime();
      if (now - nextReport >= 0) {
        // The kubelet brings them into the file when somebody labels the pod.
        Map<String, String> current = podLabels.read();
        if (!current.equals(labels)) {
          labels = current;
          send(socket, new StreamMessage.Hello(version, source.have(), labels));
        }
        send(socket, new StreamMessage.Reported(source.report()));
        nextReport = now + varied(settings.reportEvery());
      }
      long silentAt = heard + SILENCE.toNanos();
      if (now - silentAt >= 0) {
        throw new IOException("nothing heard for " + SILENCE.toSeconds() + " s");
      }
      Event event =
          events.poll(Math.min(nextReport, silentAt) - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        continue;
      }
      if (event.text() == null) {
        throw new IOException(event.end());
      }
      heard = System.nanoTime();
      if (hear(StreamMessage.read(event.text()))) {
        nextReport = heard; // the controller counts who runs what
      }
      socket.request(1);
    }
  }

  /** By a tenth, so that sidecars that began together do not report together. */
  private static long varied(Duration every) {
    long nanos = every.toNanos();
    return nanos + ThreadLocalRandom.current().nextLong(-nanos / 10, nanos / 10 + 1);
  }

  /** Says whether there is something to report now. */
  private boolean hear(@Nullable StreamMessage message) throws IOException {
    switch (message) {
      case StreamMessage.Change(String hash, var bundle) -> {
        source.take(hash, bundle(bundle));
        return true;
      }
      case StreamMessage.Same same -> {
        source.same();
        return true;
      }
      case StreamMessage.Heartbeat beat -> {
        return false;
      }
      case StreamMessage.Hello hello -> throw new IOException("it says hello as a sidecar does");
      case StreamMessage.Reported report -> throw new IOException("it reports as a sidecar does");
      case null -> {
        return false; // of a newer controller
      }
    }
  }

  private static Bundle bundle(tools.jackson.databind.JsonNode node) throws IOException {
    try {
      return Bundle.of(node);
    } catch (IllegalArgumentException e) {
      throw new IOException("it sent something that is no bundle: " + e.getMessage(), e);
    }
  }

  private static void send(WebSocket socket, StreamMessage message)
      throws IOException, InterruptedException {
    try {
      socket.sendText(message.text(), true).get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it takes nothing for " + CONNECT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(refusal(e.getCause()), e);
    }
  }

  /** Collects frames to messages; one is asked for at a time. */
  private static final class Ear implements WebSocket.Listener {
    final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING_MAX);
    private final StringBuilder text = new StringBuilder();

    @Override
    public void onOpen(WebSocket socket) {
      socket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence part, boolean isLast) {
      if (text.length() + part.length() > 2 * Bundle.BYTES_MAX) {
        end("a message of more than " + 2 * Bundle.BYTES_MAX + " characters");
        socket.abort();
        return null;
      }
      text.append(part);
      if (isLast) {
        // Never blocks: the next is asked for when this one was taken.
        events.add(new Event(text.toString(), ""));
        text.setLength(0);
      } else {
        socket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      end("it closed the stream: " + code + (reason.isEmpty() ? "" : " " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      end(refusal(error));
    }

    private void end(String why) {
      events.add(new Event(null, why));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(LINGER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
