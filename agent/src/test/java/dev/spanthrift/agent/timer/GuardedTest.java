package dev.spanthrift.agent.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("listens to a log that others write to")
class GuardedTest {
  private static final Pattern SCHEDULE =
      Pattern.compile("\\.schedule(?:AtFixedRate|WithFixedDelay)?\\(\\s*([\\w.]+)");

  @Test
  void aTaskThatThrowsRunsAgainAndIsCounted() throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var unused =
          timer.scheduleAtFixedRate(
              Guarded.task(
                  "test that throws",
                  () -> {
                    runs.countDown();
                    if (runs.getCount() == 1) {
                      throw new StackOverflowError();
                    }
                    throw failure();
                  }),
              0,
              1,
              TimeUnit.MILLISECONDS);
      assertTrue(runs.await(30, TimeUnit.SECONDS), "it ended after a failure");
      timer.shutdownNow();
    }
    assertTrue(Guarded.failures().get("test that throws") >= 2);
  }

  private static IllegalStateException failure() {
    return new IllegalStateException("scripted");
  }

  @Test
  void aTaskThatFailsAllTheTimeIsLoggedOnceAMinute() {
    Logger logger = (Logger) LoggerFactory.getLogger(Guarded.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      for (int connection = 0; connection < 50; connection++) {
        Guarded.task("test that is noisy", () -> Integer.parseInt("x")).run();
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(1, lines.list.size());
    assertTrue(lines.list.getFirst().getFormattedMessage().startsWith("test that is noisy failed"));
    assertTrue(lines.list.getFirst().getThrowableProxy() != null, "with its stack");
    assertEquals(50, Guarded.failures().get("test that is noisy"));
  }

  @Test
  void everyTaskOfATimerIsGuarded() throws Exception {
    List<String> bare = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        Matcher call = SCHEDULE.matcher(text);
        while (call.find()) {
          String task = call.group(1);
          if (!task.equals("Guarded.task")
              && !text.matches("(?s).*\\bGuarded " + task + "[ ;].*")) {
            bare.add(file.getFileName() + ": " + call.group());
          }
        }
      }
    }
    assertEquals(List.of(), bare);
  }

  /** Its failures would be counted from the first one on, which shows no increase. */
  @Test
  void noTaskIsMadeAtTheMomentOfItsRun() throws Exception {
    List<String> late = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        Matcher made = Pattern.compile("Guarded\\.task\\(").matcher(text);
        while (made.find()) {
          if (text.substring(closing(text, made.end())).matches("(?s)\\)\\s*\\.run\\(\\).*")) {
            late.add(file.getFileName() + ": " + text.substring(made.start(), made.end() + 30));
          }
        }
      }
    }
    assertEquals(List.of(), late);
  }

  /** Where the parenthesis closes that is open there; no text in main has one of its own. */
  private static int closing(String text, int from) {
    int open = 1;
    int at = from;
    while (true) {
      char c = text.charAt(at);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open == 0) {
        return at;
      }
      at++;
    }
  }
}
