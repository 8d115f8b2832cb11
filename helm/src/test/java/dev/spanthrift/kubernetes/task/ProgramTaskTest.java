package dev.spanthrift.kubernetes.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spanthrift.agent.timer.Guarded;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("listens to a log of the whole process")
class ProgramTaskTest {
  private static final Pattern SCHEDULE =
      Pattern.compile(
          "timer\\.(?:schedule(?:WithFixedDelay)?|execute)\\(\\s*([\\w.]+)|"
              + "beats\\.scheduleWithFixedDelay\\(\\s*([\\w.]+)");

  /** The certificate's beat is a second, and an API server may be away for long. */
  @Test
  void whatTheApiServerRefusesIsCountedAndSaidInItsWordsOnceAMinute() {
    List<ILoggingEvent> lines =
        lines(
            ProgramTask.guarded(
                "test that is refused",
                () -> {
                  RuntimeException refused = new KubernetesClientException("secrets is forbidden");
                  throw new IllegalStateException("shop/everything", refused);
                }),
            50);
    assertEquals(50, Guarded.failures().get("test that is refused"));
    assertEquals(1, lines.size(), lines::toString);
    assertEquals(Level.WARN, lines.getFirst().getLevel());
    assertNull(lines.getFirst().getThrowableProxy(), "its words say all");
    String said = lines.getFirst().getFormattedMessage();
    assertTrue(said.contains("the API server does not do as asked: secrets is forbidden"), said);
  }

  @Test
  void aFileThatCannotBeReadIsSaidInItsWords() {
    List<ILoggingEvent> lines =
        lines(
            ProgramTask.guarded(
                "test that reads",
                () -> {
                  throw new UncheckedIOException("it stays", new IOException("tls.crt is empty"));
                }),
            1);
    String said = lines.getFirst().getFormattedMessage();
    assertTrue(said.contains("it stays: tls.crt is empty"), said);
  }

  @Test
  void aMistakeOfOursIsSaidWithItsStack() {
    List<ILoggingEvent> lines =
        lines(ProgramTask.guarded("test that is wrong", () -> Integer.parseInt("x")), 1);
    assertEquals(Level.ERROR, lines.getFirst().getLevel());
    assertNotNull(lines.getFirst().getThrowableProxy());
  }

  private static List<ILoggingEvent> lines(Runnable task, int times) {
    Logger logger = (Logger) LoggerFactory.getLogger(Guarded.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      for (int i = 0; i < times; i++) {
        task.run();
      }
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list;
  }

  /** A scheduler forgets a task that throws once, without a word. */
  @Test
  void everyTaskOfATimerIsGuarded() throws IOException {
    List<String> bare = new ArrayList<>();
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        SCHEDULE
            .matcher(Files.readString(file))
            .results()
            .forEach(
                call -> {
                  all.add(call.group());
                  if (!call.group().endsWith("ProgramTask.guarded")) {
                    bare.add(file.getFileName() + ": " + call.group());
                  }
                });
      }
    }
    assertTrue(all.size() >= 5, all::toString);
    assertEquals(List.of(), bare);
  }
}
