package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("listens to a log that others write to")
class ComplaintsTest {
  @Test
  void c3_firstOfEachReasonIsLoggedAndTheRestCounted() {
    Logger logger = (Logger) LoggerFactory.getLogger(Complaints.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      Complaints complaints = new Complaints("backend");
      for (int second = 0; second <= 60; second++) {
        long now = TimeUnit.SECONDS.toNanos(second);
        complaints.log("rejected", "rejected: 3 items rejected: too old", now);
      }
      complaints.log("status_503", "status_503: busy", 0);
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(
        List.of(
            "destination backend: rejected: 3 items rejected: too old",
            "destination backend: rejected: 3 items rejected: too old (59 more like it)",
            "destination backend: status_503: busy"),
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }
}
