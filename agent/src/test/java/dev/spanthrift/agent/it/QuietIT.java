package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  /** A connection looks twice more, a quarter of listen.requestTimeout (30 s) apart. */
  private static final Duration LAST_SWEEP = Duration.ofSeconds(16);

  private static final String RUNS = "spanthrift_timer_runs_total{task=\"";

  /** Of the books, and of a budget: ten seconds of theirs are made up in one run. */
  private static final double BOOKS = 1;

  private static final double BUDGET = 1;

  @TempDir Path temp;

  @Test
  void withoutABudgetNoTimerRunsWhileAConnectionIsOpenAndSilent() {
    staysQuiet("defaultProbability: 1", BOOKS);
  }

  @Test
  void withABudgetTimePassesInTens() {
    staysQuiet("budgets: [{amount: 100}]", BOOKS + BUDGET);
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
      pass(LAST_SWEEP);
      Map<String, Double> before = runs(program);
      pass(SILENCE);
      Map<String, Double> between = runs(program);
      between.replaceAll((task, n) -> n - before.getOrDefault(task, 0.0));
      between.keySet().removeAll(List.of("scrape", "admin port's sweep")); // our own look
      between.remove("notes of the admin port"); // a step of the books' run
      double sum = between.values().stream().mapToDouble(n -> n).sum();
      assertTrue(sum <= most, () -> "ran in the silence: " + between);
      sent += send(sender, random);
      program.awaitSettled(sent);
      assertEquals(program.spans("kept"), backend.spans().size());
    }
  }

  private static void pass(Duration time) {
    long since = System.nanoTime();
    Await.until("time passes", () -> System.nanoTime() - since > time.toNanos());
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
