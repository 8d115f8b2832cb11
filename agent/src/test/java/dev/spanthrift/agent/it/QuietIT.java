package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing runs when nothing comes, and what comes then finds the program awake. */
@Timeout(180)
class QuietIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final Duration SILENCE = Duration.ofSeconds(8);
  private static final String RUNS = "spanthrift_timer_runs_total{task=\"";

  /** Wakes the program may have in that time: ten seconds of a budget's are made up in one. */
  private static final double FEW = 2;

  @TempDir Path temp;

  @Test
  void withoutABudgetNoTimerRunsWhileAConnectionIsOpenAndSilent() {
    staysQuiet("defaultProbability: 1", 1);
  }

  @Test
  void withABudgetTimePassesInTens() {
    staysQuiet("budgets: [{amount: 100}]", FEW);
  }

  private void staysQuiet(String policy, double most) {
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp)
                .to(backend)
                .yaml("hold: {pause: 100ms, deadline: 200ms}\n" + policy)
                .run();
        Sender sender = new Sender(program.ports())) {
      Random random = new Random(SEED);
      int sent = send(sender, random);
      program.awaitSettled(sent);
      Map<String, Double> before = runs(program);
      long since = System.nanoTime();
      Await.until("it is silent", () -> System.nanoTime() - since > SILENCE.toNanos());
      Map<String, Double> between = runs(program);
      between.replaceAll((task, n) -> n - before.getOrDefault(task, 0.0));
      between.remove("scrape"); // our own look
      double sum = between.values().stream().mapToDouble(n -> n).sum();
      assertTrue(sum <= most, () -> "ran in the silence: " + between);
      assertEquals(0, between.getOrDefault("status history", 0.0), between::toString);
      sent += send(sender, random);
      program.awaitSettled(sent);
      assertEquals(program.spans("kept"), backend.spans().size());
    }
  }

  private static int send(Sender sender, Random random) {
    var trace = RandomTraces.trace(random, "", false);
    assertEquals(
        Status.Code.OK, sender.grpc(Otlp.TRACES, RandomTraces.request(trace).toByteArray()));
    return trace.size();
  }

  private static Map<String, Double> runs(Program program) {
    Map<String, Double> runs = new TreeMap<>();
    program
        .metrics()
        .forEach(
            (name, value) -> {
              if (name.startsWith(RUNS)) {
                runs.put(name.substring(RUNS.length(), name.indexOf('"', RUNS.length())), value);
              }
            });
    assertTrue(runs.containsKey("tick"), runs::toString);
    return runs;
  }
}
