package dev.spanthrift.kubernetes.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated // listens to a log of the whole process
class RepeatedTest {
  /** The certificate's beat is a second, and an API server may be away for long. */
  @Test
  void eachFailureIsCountedAndTheFirstOfAMinuteIsSaid() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    AtomicInteger failures = new AtomicInteger();
    Logger logger = (Logger) LoggerFactory.getLogger(Repeated.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      Repeated task =
          new Repeated(
              "certificate",
              () -> {
                throw new KubernetesClientException("away");
              },
              failures::incrementAndGet,
              nanos::get);
      for (int second = 0; second <= 60; second++) {
        task.run();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(61, failures.get());
    assertEquals(2, lines.list.size(), lines.list::toString);
    assertTrue(
        lines.list.getLast().getFormattedMessage().contains("59 more"), lines.list::toString);
  }
}
