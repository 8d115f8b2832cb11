package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.allocation.FleetReport;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What fragments cost engine and sidecars: a program, not a test. Arguments: pods, fragments a
 * second of each, seconds, and perhaps {@code no-shape}. The figures of docs/FLEET.md come from it.
 *
 * <p>Each pod exchanges once a second, at its own moment. A fragment says its part at once, or with
 * the read if it is one of the five that is a root's, and asks two seconds later; one of fifty is
 * kept, told and released.
 */
public final class LedgerCost {
  private static final long SECOND = 1_000_000_000L;
  private static final int WARM_EXCHANGES = 6_000; // as hours do: what is not compiled costs double
  private static final int WARM_SECONDS = 8;
  private static final int ASK_AFTER = 2; // exchanges
  private static final long PRICE = 5_000;
  private static final double LEVEL_SECONDS = 300; // of the allowance, as after some minutes
  private static final double SHARE = .1; // of the price is allowed

  private LedgerCost() {}

  /** One sidecar's side of the exchange. */
  private static final class Pod {
    final FleetDoor fleet;
    final Random random;
    final int pods;
    final ArrayDeque<long[]> decided = new ArrayDeque<>();
    boolean exchanging;
    long skipped;
    long fragments;

    Pod(FleetDoor fleet, int number, int pods) {
      this.fleet = fleet;
      this.pods = pods;
      random = new Random(number);
      double[] report = new double[FleetReport.LENGTH];
      for (int i = 0; i < report.length; i += 4) {
        report[i] = random.nextDouble(1e6);
      }
      fleet.sums().publish("", report);
    }

    void tick(int size, boolean shape) {
      if (exchanging) {
        skipped++;
        return;
      }
      LedgerBatch batch = new LedgerBatch();
      double rate = SHARE * PRICE * size;
      batch.inflow(fragments == 0 ? LEVEL_SECONDS * rate : rate, LEVEL_SECONDS * rate * pods);
      long[] now = random.longs(size).toArray();
      for (int i = 0; i < size; i++) {
        begin(batch, now[i], i, shape);
      }
      decided.add(now);
      if (decided.size() > ASK_AFTER) {
        long[] due = decided.remove();
        for (int i = 0; i < due.length; i++) {
          end(batch, due[i], i);
        }
      }
      fragments += size;
      exchanging = true;
      fleet.ledger().exchange(batch, System.nanoTime(), back -> exchanging = false);
    }

    private void begin(LedgerBatch batch, long trace, int i, boolean shape) {
      if (shape) {
        batch.part(trace, trace).set(random.nextLong(), 0, PRICE, i % 5 == 0, 1);
      }
      if (shape && i % 5 == 0) {
        batch.read(trace, trace);
      }
      if (i % 50 == 1) {
        batch.tell(trace, trace, .1, TraceClass.ORDINARY, 4 * PRICE);
      }
    }

    private void end(LedgerBatch batch, long trace, int i) {
      batch.ask(trace, trace, i % 50 == 1, PRICE);
      if (i % 50 == 1) {
        batch.release(trace, trace);
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    int size = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    boolean shape = arguments.length < 4 || !arguments[3].equals("no-shape");
    Path folder = Files.createTempDirectory("engine");
    List<Pod> pods = new ArrayList<>();
    try (RedisServer server = RedisServer.start(folder)) {
      for (int i = 0; i < count; i++) {
        pods.add(
            new Pod(
                FleetDoor.open(RedisKeepLedgerTest.settings(server.url(), "p" + i), 1000, true),
                i,
                count));
      }
      pods.forEach(pod -> RedisKeepLedgerTest.await(() -> !pod.fleet.status().away()));
      warm(pods, Math.min(size, 100), shape);
      run(pods, size, WARM_SECONDS, shape);
      Figures before = Figures.of(server, pods);
      run(pods, size, seconds, shape);
      Figures.of(server, pods).print(before, count, size, seconds, shape);
      pods.forEach(pod -> pod.fleet.close());
    }
  }

  private static void warm(List<Pod> pods, int size, boolean shape) {
    for (int i = 0; i < WARM_EXCHANGES / pods.size(); i++) {
      pods.forEach(pod -> pod.tick(size, shape));
      RedisKeepLedgerTest.await(
          () -> {
            poll(pods);
            return pods.stream().noneMatch(pod -> pod.exchanging);
          });
    }
    pods.forEach(pod -> pod.decided.clear());
  }

  private static void run(List<Pod> pods, int size, int seconds, boolean shape) {
    long began = System.nanoTime();
    for (int second = 0; second < seconds; second++) {
      for (int i = 0; i < pods.size(); i++) {
        long at = began + second * SECOND + i * SECOND / pods.size();
        for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
          poll(pods);
          LockSupport.parkNanos(Math.min(left, 20_000_000));
        }
        poll(pods);
        pods.get(i).tick(size, shape);
      }
    }
  }

  private static void poll(List<Pod> pods) {
    long now = System.nanoTime();
    pods.forEach(pod -> pod.fleet.ledger().poll(now));
  }

  /** Sums since the start of engine and pods. */
  private record Figures(
      double nanos,
      double engineSeconds,
      double ownNanos,
      double mainNanos,
      long gets,
      long sets,
      long scripts,
      long sent,
      long fragments,
      long skipped,
      double bytesATrace,
      double latencyMillis) {

    static Figures of(RedisServer server, List<Pod> pods) {
      return new Figures(
          System.nanoTime(),
          number(server.info("cpu", "used_cpu_sys")) + number(server.info("cpu", "used_cpu_user")),
          ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos(),
          ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(),
          calls(server, "get"),
          calls(server, "set"),
          pods.stream().mapToLong(pod -> pod.fleet.status().traffic().commands()).sum(),
          pods.stream().mapToLong(pod -> pod.fleet.status().traffic().bytesSent()).sum(),
          pods.stream().mapToLong(pod -> pod.fragments).sum(),
          pods.stream().mapToLong(pod -> pod.skipped).sum(),
          number(server.info("memory", "used_memory_dataset"))
              / Math.max(1, number(server.command("DBSIZE").substring(1))),
          pods.stream().mapToDouble(pod -> pod.fleet.status().latencyMillis()).average().orElse(0));
    }

    private static double number(String text) {
      return Double.parseDouble(text);
    }

    private static long calls(RedisServer server, String command) {
      String line = server.info("commandstats", "cmdstat_" + command);
      return Long.parseLong(line.replaceAll("calls=(\\d+).*", "$1"));
    }

    void print(Figures before, int pods, int size, int seconds, boolean shape) {
      double all = fragments - before.fragments;
      double elapsed = (nanos - before.nanos) / 1e9;
      double engine = engineSeconds - before.engineSeconds;
      System.out.printf(
          Locale.ROOT,
          "%d pods x %d fragments/s, %d s%s: %.0f fragments/s done, %d exchanges skipped; engine"
              + " %.1f CPU-s a million, %.0f %% of a core; sidecar %.1f us of CPU a fragment, %.1f"
              + " without the generator; a fragment: %.2f visits of a trace, %.2f of them write,"
              + " %.3f scripts, %.0f bytes sent; %.0f bytes of engine memory a trace; latency %.1f"
              + " ms%n",
          pods,
          size,
          seconds,
          shape ? "" : ", no shape",
          all / elapsed,
          skipped - before.skipped,
          engine / all * 1e6,
          100 * engine / elapsed,
          (ownNanos - before.ownNanos) / 1e3 / all,
          (ownNanos - before.ownNanos - mainNanos + before.mainNanos) / 1e3 / all,
          (gets - before.gets) / all,
          (sets - before.sets) / all,
          (scripts - before.scripts) / all,
          (sent - before.sent) / all,
          bytesATrace,
          latencyMillis);
    }
  }
}
