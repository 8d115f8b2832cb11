package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.settings.ControllerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tries the controller once: a stream with this pod's token, closed before it says anything. */
public final class ControllerCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private ControllerCheck() {}

  /**
   * Opens a stream; blocks for some seconds at most.
   *
   * @param settings with a URL
   * @return why sidecars would get nothing from it; null if they would
   */
  public static @Nullable String lack(ControllerSettings settings) {
    URI at = Objects.requireNonNull(settings.url());
    try {
      HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
      if ("https".equals(at.getScheme())) {
        builder.sslContext(StreamCredentials.trust(settings));
      }
      try (HttpClient client = builder.build()) {
        try {
          open(client, at, settings);
          return null;
        } finally {
          client.shutdownNow(); // close() alone would wait for a peer that hangs
        }
      }
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    } catch (ExecutionException e) {
      return ControllerStream.refusal(e.getCause());
    } catch (TimeoutException e) {
      return "no answer within " + 2 * PATIENCE.toSeconds() + " s";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private static void open(HttpClient client, URI at, ControllerSettings settings)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String scheme = "https".equals(at.getScheme()) ? "wss" : "ws";
    client
        .newWebSocketBuilder()
        .connectTimeout(PATIENCE)
        .header("Authorization", "Bearer " + StreamCredentials.token(settings))
        .buildAsync(
            URI.create(scheme + "://" + at.getRawAuthority() + StreamMessage.PATH),
            new WebSocket.Listener() {})
        .get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .abort();
  }
}
