package dev.spanthrift.bench.speed;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/** Starts of the subjects, in turn: how long, how dear, how large. */
final class Starts {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 2_000_000;
  private static final long SETTLE_NANOS = 2_000_000_000;

  /**
   * One start.
   *
   * @param portSeconds from the start of the process until the OTLP/gRPC port accepts
   * @param readySeconds until /readyz says 200; for others than Spanthrift the port
   * @param cpuSeconds of the process, user and system, until then
   * @param anonymousKb two seconds later
   * @param firstSeconds until the first request to the REST API is answered; 0 for others
   */
  private record Start(
      double portSeconds,
      double readySeconds,
      double cpuSeconds,
      long anonymousKb,
      double firstSeconds) {}

  private final Subject.Setting setting;
  private final Path directory;

  Starts(Subject.Setting setting, Path directory) {
    this.setting = setting;
    this.directory = directory;
  }

  void print(List<Subject> subjects, int runs) throws IOException {
    Map<String, List<Start>> all = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      for (Subject subject : subjects) {
        all.computeIfAbsent(subject.name(), n -> new ArrayList<>()).add(start(subject));
      }
    }
    System.out.printf(Locale.ROOT, "%nstart, median [min..max] of %d%n", runs);
    all.forEach(
        (name, starts) ->
            System.out.printf(
                Locale.ROOT,
                "  %-14s port %s s   ready %s s   CPU %s s   anon MB %s   first REST answer %s s%n",
                name,
                range(starts, Start::portSeconds),
                range(starts, Start::readySeconds),
                range(starts, Start::cpuSeconds),
                range(starts, s -> s.anonymousKb() / 1024.0),
                range(starts, Start::firstSeconds)));
  }

  private Start start(Subject subject) throws IOException {
    long begin = System.nanoTime();
    try (Server server = subject.start(setting, Server.Ports.free().grpc(), directory)) {
      double port = since(begin);
      boolean ours = subject instanceof Subject.Spanthrift;
      String admin = "http://127.0.0.1:" + server.ports().admin();
      if (ours) {
        awaitReady(admin + "/readyz");
      }
      double ready = since(begin);
      double cpu = Proc.read(server.pid()).cpuSeconds();
      LockSupport.parkNanos(SETTLE_NANOS);
      long anonymous = Proc.read(server.pid()).anonymousKb();
      long asked = System.nanoTime();
      if (ours) {
        get(admin + "/api/v1/status");
      }
      return new Start(port, ready, cpu, anonymous, ours ? since(asked) : 0);
    }
  }

  private static void awaitReady(String url) {
    long end = System.nanoTime() + READY.toNanos();
    while (System.nanoTime() < end) {
      try {
        get(url);
        return;
      } catch (IOException notYet) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
    throw new IllegalStateException(url + " is not ready");
  }

  private static void get(String url) throws IOException {
    try (InputStream answer = URI.create(url).toURL().openStream()) {
      answer.readAllBytes();
    }
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static String range(List<Start> starts, ToDoubleFunction<Start> of) {
    double[] sorted = starts.stream().mapToDouble(of).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "%.2f [%.2f..%.2f]",
        Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElse(0),
        sorted[0],
        sorted[sorted.length - 1]);
  }
}
