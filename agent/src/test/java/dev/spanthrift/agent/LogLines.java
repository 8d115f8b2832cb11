package dev.spanthrift.agent;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What one class writes into the log while this is open. */
public final class LogLines implements AutoCloseable {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  private LogLines(Logger logger) {
    this.logger = logger;
    lines.start();
    logger.addAppender(lines);
  }

  public static LogLines of(Class<?> type) {
    return new LogLines((Logger) LoggerFactory.getLogger(type));
  }

  public List<String> all() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  public String only() {
    if (lines.list.size() != 1) {
      throw new AssertionError("not one line: " + all());
    }
    return all().getFirst();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
  }
}
