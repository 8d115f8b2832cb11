package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * What fragments cost engine and sidecar: a program, not a test. Arguments: exchanges, fragments in
 * each. The figures of docs/FLEET.md come from it.
 *
 * <p>Each fragment says its part and asks; one of five is a root's and reads; one of fifty is kept
 * and told, and releases.
 */
public final class LedgerCost {
  private LedgerCost() {}

  public static void main(String[] arguments) throws Exception {
    int exchanges = Integer.parseInt(arguments[0]);
    int fragments = Integer.parseInt(arguments[1]);
    Path folder = Files.createTempDirectory("engine");
    try (RedisServer server = RedisServer.start(folder);
        FleetDoor fleet =
            FleetDoor.open(RedisKeepLedgerTest.settings(server.url(), "pod"), 1000, true)) {
      RedisKeepLedgerTest.await(() -> !fleet.status().away());
      Random random = new Random(1);
      run(fleet, random, exchanges / 4, fragments); // until it is compiled
      double engine = engineCpu(server);
      long commands = fleet.status().traffic().commands();
      long sent = fleet.status().traffic().bytesSent();
      long own = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
      run(fleet, random, exchanges, fragments);
      double all = (double) exchanges * fragments;
      long mine = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() - own;
      System.out.printf(
          "%d x %d fragments: engine %.2f CPU-s a million, sidecar %.1f us of CPU a fragment, %.3f"
              + " scripts and %.0f bytes sent a fragment, %.0f bytes of engine memory a trace,"
              + " latency %.1f ms%n",
          exchanges,
          fragments,
          (engineCpu(server) - engine) / all * 1e6,
          mine / 1e3 / all,
          (fleet.status().traffic().commands() - commands) / all,
          (fleet.status().traffic().bytesSent() - sent) / all,
          Long.parseLong(server.info("memory", "used_memory_dataset"))
              / (double) Long.parseLong(server.command("DBSIZE").substring(1)),
          fleet.status().latencyMillis());
      System.out.println(ManagementFactory.getRuntimeMXBean().getVmName());
    }
  }

  private static double engineCpu(RedisServer server) {
    return Double.parseDouble(server.info("cpu", "used_cpu_sys"))
        + Double.parseDouble(server.info("cpu", "used_cpu_user"));
  }

  private static void run(FleetDoor fleet, Random random, int exchanges, int fragments) {
    long[] before = new long[fragments];
    for (int e = 0; e < exchanges; e++) {
      LedgerBatch batch = new LedgerBatch();
      batch.inflow(1000, 1e12);
      for (int i = 0; i < fragments; i++) {
        long trace = random.nextLong();
        batch.part(trace, trace).set(random.nextLong(), 0, 5_000, i % 5 == 0, 1);
        if (i % 50 == 0) {
          batch.tell(trace, trace, .1, TraceClass.ORDINARY, 20_000);
          batch.release(before[i], before[i]);
        }
        if (i % 5 == 0) {
          batch.read(before[i], before[i]);
        }
        batch.ask(before[i], before[i], false, 5_000);
        before[i] = trace;
      }
      RedisKeepLedgerTest.exchange(fleet.ledger(), batch);
    }
  }
}
