package dev.spanthrift.agent.command.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.exporter.settings.Tls;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running sidecar's REST API. */
final class RemoteSidecar {
  static final String JSON = "application/json";
  static final String YAML = "application/yaml";

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Duration SILENCE = Duration.ofSeconds(60); // a stream beats every 15 s

  private final Duration silence; // after which nobody is at the other end of a stream
  private final URI at;
  private final @Nullable Path tokenFile;
  private final Tls tls;

  /**
   * @param tls used where the URL is https
   */
  RemoteSidecar(URI at, @Nullable Path tokenFile, Tls tls) {
    this(at, tokenFile, tls, SILENCE);
  }

  RemoteSidecar(URI at, @Nullable Path tokenFile, Tls tls, Duration silence) {
    this.silence = silence;
    this.at = at;
    this.tokenFile = tokenFile;
    this.tls = tls;
  }

  private HttpClient client() throws RefusedException {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    if ("https".equals(at.getScheme())) {
      builder.sslContext(context());
    }
    return builder.build();
  }

  private SSLContext context() throws RefusedException {
    try {
      SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
      if (tls.authority() != null) {
        builder.trustManager(tls.authority().toFile());
      }
      if (tls.certificate() != null && tls.key() != null) {
        builder.keyManager(tls.certificate().toFile(), tls.key().toFile());
      }
      return ((JdkSslContext) builder.build()).context();
    } catch (SSLException | IllegalArgumentException e) {
      throw new RefusedException(
          401,
          "--ca-file, --cert-file or --key-file cannot be used: "
              + e.getMessage()
              + "; give files in PEM");
    }
  }

  /** What it said instead of an answer; the message is for people. */
  static final class RefusedException extends Exception {
    private final int status;

    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }

    /** Of HTTP; 0 when nobody answered. */
    int status() {
      return status;
    }
  }

  /**
   * An answer.
   *
   * @param etag empty when it has none
   */
  record Answer(JsonNode body, String etag) {}

  /**
   * A change that is asked for.
   *
   * @param ifMatch what is replaced; empty where nobody asks
   * @param reason empty for none
   */
  record Wish(
      String method, String path, byte[] body, String type, String ifMatch, String reason) {}

  /** A part of a path or query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /**
   * Asks.
   *
   * @param path with its query, encoded
   */
  Answer get(String path) throws RefusedException, InterruptedException {
    return ask(HttpRequest.newBuilder().GET().header("Accept", JSON), path);
  }

  /** Asks for a change, or sends a document to be looked at. */
  Answer send(Wish wish) throws RefusedException, InterruptedException {
    BodyPublisher body = BodyPublishers.ofByteArray(wish.body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .method(wish.method, body)
            .header("Accept", JSON)
            .header("Content-Type", wish.type);
    if (!wish.ifMatch.isEmpty()) {
      request.header("If-Match", wish.ifMatch);
    }
    if (!wish.reason.isEmpty()) {
      request.header(Author.REASON, inAscii(wish.reason));
    }
    return ask(request, wish.path);
  }

  /** RFC 8187 where it must be: the JDK sends ASCII only, and refuses or spoils what is more. */
  private static String inAscii(String text) {
    boolean plain = text.chars().allMatch(c -> c >= ' ' && c <= '~') && !text.startsWith("UTF-8");
    return plain ? text : "UTF-8''" + encoded(text);
  }

  /** Takes one line of a stream; false ends it. */
  @FunctionalInterface
  interface LineTaker {
    boolean take(String line);
  }

  /**
   * Reads a stream of events line by line, until it ends or enough was taken.
   *
   * @param lastEventId empty to begin with now
   */
  void stream(String path, String lastEventId, LineTaker taker)
      throws RefusedException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder().GET();
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    authorize(request);
    HttpClient client = client();
    try {
      HttpResponse<InputStream> response =
          client.send(
              request.uri(at.resolve(path)).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
        if (response.statusCode() >= 300) {
          byte[] body = lines.lines().collect(Collectors.joining("\n")).getBytes(UTF_8);
          throw new RefusedException(
              response.statusCode(),
              words(response.statusCode(), json(body, response.statusCode())));
        }
        take(lines, taker, client);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw nobody(e);
    } finally {
      client.shutdownNow(); // close() would wait for the end of what never ends
    }
  }

  /** The JDK's client knows no deadline for a body; whoever is cut off sends no farewell. */
  private void take(BufferedReader lines, LineTaker taker, HttpClient client) throws IOException {
    AtomicLong heard = new AtomicLong(System.nanoTime());
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (long left = 1; left > 0; ) {
                      left = heard.get() + silence.toNanos() - System.nanoTime();
                      TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
                    }
                    client.shutdownNow(); // the read fails
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // the stream has ended
                  }
                });
    try {
      String line = lines.readLine();
      while (line != null && taker.take(line)) {
        heard.set(System.nanoTime());
        line = lines.readLine();
      }
    } finally {
      watch.interrupt();
    }
  }

  private RefusedException nobody(Exception e) {
    return new RefusedException(
        0, "no sidecar answers at " + at + ": " + InputFile.reason(e) + "; is --at right?");
  }

  private Answer ask(HttpRequest.Builder request, String path)
      throws RefusedException, InterruptedException {
    authorize(request);
    try (HttpClient client = client()) {
      HttpResponse<byte[]> response =
          client.send(
              request.uri(at.resolve(path)).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      JsonNode body = json(response.body(), response.statusCode());
      if (response.statusCode() >= 300) {
        throw new RefusedException(response.statusCode(), words(response.statusCode(), body));
      }
      return new Answer(body, response.headers().firstValue("ETag").orElse(""));
    } catch (IOException | IllegalArgumentException e) {
      throw nobody(e);
    }
  }

  private void authorize(HttpRequest.Builder request) throws RefusedException {
    if (tokenFile != null) {
      try {
        request.header("Authorization", "Bearer " + token(tokenFile));
      } catch (IOException e) {
        throw new RefusedException(
            401, "--token-file " + tokenFile + " cannot be read: " + InputFile.reason(e));
      } catch (IllegalArgumentException e) { // whose message holds the token
        throw new RefusedException(
            401,
            "--token-file "
                + tokenFile
                + " holds a token that no HTTP head can carry; use letters and digits");
      }
    }
  }

  /** The first line: while clients are changed over, an old token may stand below the new one. */
  private static String token(Path file) throws IOException {
    return InputFile.secret(file).lines().findFirst().orElse("").strip();
  }

  private JsonNode json(byte[] body, int status) throws RefusedException {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new RefusedException(
          status, "what answers at " + at + " is no Spanthrift: it sends no JSON");
    }
  }

  /** Title, detail and suggestions of problem+json, a line each. */
  private static String words(int status, JsonNode problem) {
    List<String> lines = new ArrayList<>();
    lines.add(problem.path("title").asString("status " + status));
    add("", problem.path("detail").asString(""), lines);
    for (JsonNode error : problem.path("errors")) {
      String pointer = error.path("pointer").asString("");
      String at = pointer.isEmpty() ? "  " : "  " + pointer + ": ";
      add(at, error.path("detail").asString(""), lines);
      add("    try ", error.path("suggestion").asString(""), lines);
    }
    add("", problem.path("advice").asString(""), lines);
    return String.join("\n", lines);
  }

  private static void add(String before, String words, List<String> lines) {
    if (!words.isBlank()) {
      lines.add(before + words);
    }
  }
}
