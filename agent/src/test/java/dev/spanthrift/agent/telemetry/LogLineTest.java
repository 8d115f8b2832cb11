package dev.spanthrift.agent.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private final LoggerContext context = new LoggerContext();

  @Test
  void isWhatLogbacksOwnPatternWrites() {
    PatternLayoutEncoder pattern = new PatternLayoutEncoder();
    pattern.setContext(context);
    pattern.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{20} %msg%n");
    pattern.start();
    LogLine line = new LogLine();
    Throwable thrown = new IllegalStateException("outer", new RuntimeException("inner"));
    for (String name : List.of("a", "dev.spanthrift.agent.Sidecar", "reactor.netty.http.server")) {
      Logger logger = context.getLogger(name);
      for (Level level : List.of(Level.ERROR, Level.WARN, Level.INFO)) {
        for (Throwable cause : new Throwable[] {null, thrown}) {
          LoggingEvent event =
              new LoggingEvent("fqcn", logger, level, "spans {} €", cause, new Object[] {7});
          assertEquals(
              new String(pattern.encode(event), UTF_8), new String(line.encode(event), UTF_8));
        }
      }
    }
  }
}
