package dev.spanthrift.agent.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged program as a process, started by its launcher. */
final class Program implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile(
          "spanthrift: OTLP/gRPC on [^ ]*:(\\d+), OTLP/HTTP on [^ ]*:(\\d+), page [^ ]*:(\\d+)/, to"
              + " .*");
  private static final Pattern SAMPLE = Pattern.compile("([^# ][^ ]*(?:\\{.*})?) ([-+.0-9eE]+)");
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Text out;
  private final Text err;
  private final String token;

  /** Where it listens. */
  record Ports(int grpc, int http, int admin) {}

  Program(Process process, String token) {
    this.process = process;
    this.token = token;
    out = new Text(process.getInputStream());
    err = new Text(process.getErrorStream());
  }

  /** What a stream has said so far, line by line. */
  private static final class Text extends Thread {
    private final InputStream in;
    private final List<String> lines = new ArrayList<>();

    Text(InputStream in) {
      super("output of the program");
      this.in = in;
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          synchronized (lines) {
            lines.add(line);
          }
        }
      } catch (IOException e) {
        add("reading its output: " + e);
      }
    }

    private void add(String line) {
      synchronized (lines) {
        lines.add(line);
      }
    }

    List<String> lines() {
      synchronized (lines) {
        return List.copyOf(lines);
      }
    }
  }

  /** Waits for the line that says where it listens. */
  Ports awaitReady() {
    Await.until(
        () -> "the program is ready; it said:\n" + err(),
        () -> readyLine() != null || !process.isAlive());
    Matcher ready = readyLine();
    if (ready == null) {
      throw new AssertionError("it ended with " + exit() + " and said:\n" + err());
    }
    return new Ports(number(ready, 1), number(ready, 2), number(ready, 3));
  }

  /** As {@link #awaitReady}, when it is known to be ready. */
  Ports ports() {
    return awaitReady();
  }

  private Matcher readyLine() {
    for (String line : err.lines()) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        return ready;
      }
    }
    return null;
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  String out() {
    return String.join("\n", out.lines());
  }

  String err() {
    return String.join("\n", err.lines());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // unlike Process.destroy this leaves its output open
  }

  /**
   * Whether it ends by itself before it has had a processor for so long, and so much time has
   * passed. On a machine where many want one, time alone says nothing of a program.
   */
  boolean endsWithin(Duration left) {
    Duration begun = cpu();
    long begin = System.nanoTime();
    while (process.isAlive()) {
      long passed = System.nanoTime() - begin;
      boolean had = cpu().minus(begun).compareTo(left) >= 0;
      if (passed > LIMIT.toNanos() || had && passed > left.toNanos()) {
        return false;
      }
      try {
        process.waitFor(20, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return true;
  }

  private Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Sends SIGKILL, and waits for its end. */
  void kill() {
    process.toHandle().destroyForcibly();
    exit();
  }

  /** Waits for its end; returns the exit code when all that it said is here. */
  int exit() {
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running; it said:\n" + err());
      }
      out.join(LIMIT.toMillis());
      err.join(LIMIT.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The answer of the REST API. */
  HttpResponse<String> rest(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports().admin() + path))
            .timeout(LIMIT)
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + "; it said:\n" + err(), e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path) {
    return rest("GET", path, "");
  }

  /** With the token and a JSON body. */
  HttpResponse<String> put(String path, String json, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type", "application/json", "Authorization", "Bearer " + token));
    return rest("PUT", path, json, all.toArray(String[]::new));
  }

  /** The same by any other method. */
  HttpResponse<String> write(String method, String path, String json) {
    return rest(
        method, path, json, "Content-Type", "application/json", "Authorization", "Bearer " + token);
  }

  JsonNode json(String path) {
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  JsonNode status() {
    return json("/api/v1/status");
  }

  /** A count of {@code spans} in the status. */
  long spans(String what) {
    return status().path("spans").path(what).asLong();
  }

  /** Waits until all that was received is decided and all that was kept has an end. */
  JsonNode awaitSettled(long received) {
    JsonNode[] last = new JsonNode[1];
    Await.until(
        () -> received + " spans received, none held or queued: " + last[0] + "\n" + err(),
        () -> {
          last[0] = status();
          JsonNode spans = last[0].path("spans");
          return spans.path("received").asLong() == received
              && spans.path("held").asLong() == 0
              && spans.path("queued").asLong() == 0;
        });
    return last[0];
  }

  /** Samples of {@code /actuator/prometheus} by name and labels. */
  Map<String, Double> metrics() {
    Map<String, Double> samples = new HashMap<>();
    for (String line : get("/actuator/prometheus").body().split("\n")) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        samples.put(sample.group(1), Double.valueOf(sample.group(2)));
      }
    }
    return samples;
  }

  /** Kills what is left of it. */
  @Override
  public void close() {
    client.shutdownNow();
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .forEach(ProcessHandle::destroyForcibly);
    exit();
  }
}
