package dev.spanthrift.agent.control.job;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.simulation.HeapRoom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

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
