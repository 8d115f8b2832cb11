package dev.spanthrift.agent.control.job;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final WhatIfAnswer ANSWER =
      new WhatIfAnswer(
          1,
          1,
          1,
          1,
          new WhatIfAnswer.Quantity(1, 1, 1),
          new WhatIfAnswer.Quantity(1, 1, 1),
          1,
          new WhatIfAnswer.Cost("USD", 1, 1, 0),
          List.of(),
          1,
          Map.of(),
          Map.of(),
          new WhatIfAnswer.Errors(0, 0, 0, 0, List.of()),
          List.of(),
          List.of());

  private final AtomicLong clock = new AtomicLong(1_000);
  private final Jobs jobs = new Jobs(null, clock::get);

  @AfterEach
  void stop() {
    jobs.close();
  }

  private Job job(Job of) {
    Job found = jobs.find(of.id());
    assertNotNull(found);
    return found;
  }

  private void awaitState(Job of, String state) {
    await().atMost(LONG).until(() -> job(of).state(), state::equals);
  }

  @Test
  void anErrorEndsAJob() {
    Job job =
        jobs.submit(
            "policy:simulate",
            watch -> {
              throw new StackOverflowError("scripted");
            });
    awaitState(job, "failed");
  }

  @Test
  void keepsAResultForAnHour() {
    Job job = jobs.submit("policy:simulate", watch -> ANSWER);
    awaitState(job, "done");
    assertEquals(ANSWER, job(job).result());
    assertEquals(1, job(job).progress());
    clock.addAndGet(Jobs.KEPT.toMillis() - 1);
    assertNotNull(jobs.find(job.id()));
    clock.addAndGet(1);
    assertNull(jobs.find(job.id()));
  }

  @Test
  void saysHowFarItIsAndEndsWhenItIsCancelled() {
    CountDownLatch half = new CountDownLatch(1);
    Job job =
        jobs.submit(
            "policy:simulate",
            watch -> {
              watch.read(1, 2);
              half.countDown();
              new CountDownLatch(1).await();
              return ANSWER;
            });
    await().atMost(LONG).until(() -> half.getCount() == 0);
    assertEquals(0.5, job(job).progress());
    jobs.cancel(job.id());
    assertEquals("cancelled", job(job).state());
    Job next = jobs.submit("policy:simulate", watch -> ANSWER);
    awaitState(next, "done");
    assertNull(job(job).result());
  }

  @Test
  void oneIsAnsweredAtATimeAndAFewWait() {
    CountDownLatch go = new CountDownLatch(1);
    List<Job> all = new ArrayList<>();
    AtomicLong atOnce = new AtomicLong();
    for (int i = 0; i <= Jobs.WAITING_MAX; i++) {
      Job job =
          jobs.submit(
              "budget:simulate",
              watch -> {
                long running = atOnce.incrementAndGet();
                go.await();
                atOnce.decrementAndGet();
                assertEquals(1, running);
                return ANSWER;
              });
      all.add(job);
      if (i == 0) {
        awaitState(job, "running");
      }
    }
    ProblemException full =
        assertThrows(ProblemException.class, () -> jobs.submit("budget:simulate", w -> ANSWER));
    assertEquals(ProblemType.BUSY, full.type());
    Job last = all.getLast();
    jobs.cancel(last.id());
    all.add(jobs.submit("budget:simulate", watch -> ANSWER));
    go.countDown();
    for (Job job : all) {
      awaitState(job, job.id().equals(last.id()) ? "cancelled" : "done");
    }
  }

  @Test
  void whatGoesWrongIsSaid() {
    Job lack =
        jobs.submit(
            "policy:simulate",
            watch -> {
              throw new ProblemException(ProblemType.NO_ROOM, "1 MiB is free");
            });
    awaitState(lack, "failed");
    assertTrue(String.valueOf(job(lack).problem()).contains("1 MiB is free"));
    Job broken =
        jobs.submit(
            "policy:simulate",
            watch -> {
              throw new IllegalStateException("a secret");
            });
    awaitState(broken, "failed");
    assertTrue(!String.valueOf(job(broken).problem()).contains("secret"));
  }

  @Test
  void onlyTheLastResultsAreKept() {
    for (int i = 0; i < 3 * Jobs.KEPT_MAX; i++) {
      awaitState(jobs.submit("policy:simulate", watch -> ANSWER), "done");
    }
    assertEquals(Jobs.KEPT_MAX, jobs.list().size());
    assertNull(jobs.list().getFirst().result());
  }
}
