package dev.spanthrift.bench.speed;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** One run of one subject: start, warm up, measure, let everything arrive, stop. */
final class Measurement {
  private static final Pattern GAP =
      Pattern.compile("^spanthrift_identity_gap(?:\\{[^}]*\\})? (\\S+)", Pattern.MULTILINE);

  private final Subject subject;
  private final Workload workload;
  private final Load.Plan plan;
  private final Subject.Setting setting;
  private final Duration full;
  private final Duration warmUp;
  private final Duration window;

  Measurement(
      Subject subject,
      Workload workload,
      Load.Plan plan,
      Subject.Setting setting,
      Duration full,
      Duration warmUp,
      Duration window) {
    this.subject = subject;
    this.workload = workload;
    this.plan = plan;
    this.setting = setting;
    this.full = full;
    this.warmUp = warmUp;
    this.window = window;
  }

  Result run(EventLoop loop, int sinkPort, Path directory) throws InterruptedException {
    try (Running running = start(loop, sinkPort, directory)) {
      if (full.isPositive()) {
        atFullLoad(loop, running.port());
      }
      try (Load load = running.load(loop)) {
        Thread.sleep(warmUp.toMillis());
        return measure(load, running);
      }
    }
  }

  /** A subject that runs, with its own backend, to be measured once or again and again. */
  final class Running implements AutoCloseable {
    private final Sink sink;
    private final Server server;
    private final Proc idle;

    private Running(Sink sink, Server server) {
      this.sink = sink;
      this.server = server;
      this.idle = Proc.read(server.pid());
    }

    private int port() {
      return switch (plan.protocol()) {
        case GRPC -> server.ports().grpc();
        case HTTP -> server.ports().http();
      };
    }

    /** The load of the plan, started. */
    Load load(EventLoop loop) {
      Load load = new Load(plan, workload, loop, port());
      load.start();
      return load;
    }

    /** One window of a process that was loaded before. */
    Result again(EventLoop loop, Duration before) throws InterruptedException {
      try (Load load = load(loop)) {
        Thread.sleep(before.toMillis());
        return measure(load, this);
      }
    }

    @Override
    public void close() {
      server.close();
      sink.close();
    }
  }

  Running start(EventLoop loop, int sinkPort, Path directory) throws InterruptedException {
    Sink sink = new Sink(loop, sinkPort);
    Server server = subject.start(setting, sink.port(), directory);
    Thread.sleep(1500); // what a server does after its ports are open
    return new Running(sink, server);
  }

  private void atFullLoad(EventLoop loop, int port) throws InterruptedException {
    Load.Plan saturated =
        new Load.Plan(
            plan.protocol(), plan.gzip(), Load.Plan.SATURATED, plan.connections(), plan.inFlight());
    try (Load load = new Load(saturated, workload, loop, port)) {
      load.start();
      Thread.sleep(full.toMillis());
      load.stop();
    }
  }

  private Result measure(Load load, Running running) throws InterruptedException {
    Server server = running.server;
    Sink sink = running.sink;
    long sinkSpans = sink.spans;
    long sinkErrors = sink.errorSpans;
    Proc before = Proc.read(server.pid());
    Proc loadBefore = Proc.read(ProcessHandle.current().pid());
    long acceptedBefore = load.spansAccepted;
    long from = System.nanoTime();
    long resident = 0;
    long anonymous = 0;
    while (System.nanoTime() - from < window.toNanos()) {
      Thread.sleep(Math.min(1000, window.toMillis()));
      Proc now = Proc.read(server.pid());
      resident = Math.max(resident, now.residentKb());
      anonymous = Math.max(anonymous, now.anonymousKb());
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    Proc after = Proc.read(server.pid());
    Proc loadAfter = Proc.read(ProcessHandle.current().pid());
    long accepted = load.spansAccepted - acceptedBefore;
    load.stop();
    settle(sink);
    double cpu =
        plan.spansPerSecond() < 1_000 // too little for a clock that ticks every 10 ms
            ? after.threadSeconds() - before.threadSeconds()
            : after.cpuSeconds() - before.cpuSeconds();
    double system = after.systemSeconds() - before.systemSeconds();
    return new Result(
        subject.name(),
        accepted / seconds,
        accepted == 0 ? 0 : cpu * 1e6 / accepted,
        cpu == 0 ? 0 : system / cpu,
        cpu / seconds,
        (loadAfter.cpuSeconds() - loadBefore.cpuSeconds()) / seconds,
        running.idle.residentKb(),
        resident,
        anonymous,
        load.spansSent,
        load.spansAccepted,
        load.spansRefused,
        load.spansSkipped,
        sink.spans - sinkSpans,
        sink.errorSpans - sinkErrors,
        identities(server.ports().admin()));
  }

  /** Waits until nothing has arrived at the sink for longer than anything waits in a server. */
  private void settle(Sink sink) throws InterruptedException {
    long quiet = Duration.parse("PT" + setting.decisionWait()).plusSeconds(2).toNanos();
    long last = System.nanoTime();
    long spans = sink.spans;
    while (System.nanoTime() - last < quiet) {
      Thread.sleep(100);
      if (sink.spans != spans) {
        spans = sink.spans;
        last = System.nanoTime();
      }
    }
  }

  /**
   * Whether the server's own books balance; empty for those who keep none. Asked as Prometheus
   * asks: the REST API would bring Spring into the process, 17 MB, and so into the next window.
   */
  private static String identities(int adminPort) throws InterruptedException {
    if (adminPort == 0) {
      return "";
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + adminPort + "/actuator/prometheus"))
              .timeout(Duration.ofSeconds(5))
              .build();
      String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      List<String> gaps = GAP.matcher(body).results().map(gap -> gap.group(1)).toList();
      if (gaps.isEmpty()) {
        return "no books";
      }
      return gaps.stream().allMatch(gap -> Double.parseDouble(gap) == 0)
          ? "books balance"
          : "broken: by " + gaps + " spans";
    } catch (IOException e) {
      return "no books: " + e.getMessage();
    }
  }
}
