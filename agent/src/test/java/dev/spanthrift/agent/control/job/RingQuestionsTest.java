package dev.spanthrift.agent.control.job;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.job.RingQuestions.Means;
import dev.spanthrift.agent.control.job.RingQuestions.Replay;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.agent.simulation.TraceFate;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingQuestionsTest {
  /** An explanation has the only permit for as long as it plays. */
  @Test
  void whoIsAnsweredAtOnceWaitsALittleForItsTurn() throws Exception {
    try (AdminPort port = AdminPort.startReadOnly()) {
      RingQuestions patient =
          new RingQuestions(port.pipeline, port.money, new HeapRoom(), Duration.ofMinutes(5));
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> ask(patient, begun, go));
      begun.await();
      CompletableFuture<String> second = new CompletableFuture<>();
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      second.complete(patient.inARow(series -> "second"));
                    } catch (Exception e) {
                      second.completeExceptionally(e);
                    }
                  });
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> second.isDone() || waiting.getState() == Thread.State.TIMED_WAITING);
      go.countDown();
      assertEquals("first", first.get());
      assertEquals("second", second.get());
    }
  }

  @Test
  void whoseTurnDoesNotComeIsToldSo() throws Exception {
    try (AdminPort port = AdminPort.startReadOnly()) {
      RingQuestions questions =
          new RingQuestions(port.pipeline, port.money, new HeapRoom(), Duration.ofMillis(1));
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> ask(questions, begun, go));
      begun.await();
      ProblemException busy =
          assertThrows(ProblemException.class, () -> questions.inARow(series -> "second"));
      assertEquals(ProblemType.BUSY, busy.type());
      go.countDown();
      assertEquals("first", first.get());
    }
  }

  /** Whose first answer says otherwise than what happened is not asked further. */
  @Test
  void theMoneyOfNowIsPlayedTooAndTheOthersAreAnsweredInTheirOrder(@TempDir Path directory)
      throws Exception {
    String money = "budgets: [{name: all, amount: 300, period: month}]\nprice: {perGb: 0.5}\n";
    try (AdminPort port = AdminPort.startWithBudget(directory, money)) {
      byte[] request = MadeTraffic.single("x").toByteArray();
      Batch batch = new Scanner(10).scan(request, 0, request.length);
      SpanRing ring = new SpanRing(0, Duration.ofHours(1));
      ring.record(batch, System.currentTimeMillis() - 5_000);
      TraceFate.Sought sought =
          new TraceFate.Sought(batch.traceIdHigh(0), batch.traceIdLow(0), batch.size());
      RingQuestions questions = new RingQuestions(port.pipeline, port.money, new HeapRoom());
      List<Means> asked =
          List.of(
              Means.NONE,
              new Means(new Allowance.PerSecond(1e-9), AllocationSettings.DEFAULT),
              Means.NONE);
      List<TraceFate.Told> first = new ArrayList<>();
      for (Note objection : new @Nullable Note[] {null, Note.of(NoteCode.PLAYS_TOO_LONG)}) {
        List<Replay> replays =
            questions.replays(
                port.store.current().set().document(),
                asked,
                ring.snapshot(System.currentTimeMillis()),
                sought,
                told -> {
                  first.add(told);
                  return objection;
                },
                Duration.ofMinutes(5));
        List<Boolean> isFree = new ArrayList<>();
        for (Replay replay : replays) {
          switch (replay) {
            case Replay.Replayed(TraceFate.Told told) -> isFree.add(told.probability() == null);
            case Replay.NotReplayed(Note why) -> assertEquals(objection, why);
          }
        }
        assertEquals(3, replays.size());
        assertEquals(objection == null ? List.of(true, false, true) : List.of(), isFree);
      }
      assertEquals(2, first.size());
      assertEquals(1, first.getFirst().probability(), "there is money for one");
    }
  }

  private static String ask(RingQuestions questions, CountDownLatch begun, CountDownLatch go) {
    try {
      return questions.inARow(
          series -> {
            begun.countDown();
            go.await();
            return "first";
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
