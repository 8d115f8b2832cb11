package dev.spanthrift.kubernetes.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {
  private final ConnectionTable table = new ConnectionTable(2, Duration.ofSeconds(10));

  private EmbeddedChannel taken() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    table.take(channel);
    return channel;
  }

  @Test
  void theOldestThatSaysNothingMakesRoom() {
    EmbeddedChannel first = taken();
    EmbeddedChannel second = taken();
    EmbeddedChannel third = taken();
    assertFalse(first.isOpen());
    assertTrue(second.isOpen() && third.isOpen());
    assertEquals(2, table.open());
    assertEquals(1, table.full());
    second.close();
    assertEquals(1, table.open());
    assertTrue(taken().isOpen());
  }

  @Test
  void whoSaysNothingInTimeIsSentAway() {
    EmbeddedChannel mute = taken();
    mute.advanceTimeBy(9, TimeUnit.SECONDS);
    mute.runScheduledPendingTasks();
    assertTrue(mute.isOpen());
    mute.advanceTimeBy(2, TimeUnit.SECONDS);
    mute.runScheduledPendingTasks();
    assertFalse(mute.isOpen());
    assertEquals(1, table.mute());
    assertEquals(0, table.open());
  }
}
