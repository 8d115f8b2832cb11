package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutletTest {
  /** Takes so many requests and keeps them. */
  private static final class Shelf implements Destination {
    private final List<Shipment> taken = new ArrayList<>();
    private final int room;

    Shelf(int room) {
      this.room = room;
    }

    @Override
    public String name() {
      return "shelf";
    }

    @Override
    public boolean offer(Shipment shipment) {
      return taken.size() < room && taken.add(shipment);
    }

    @Override
    public long queuedBytes() {
      return taken.size();
    }

    @Override
    public long yieldingBytes() {
      return 0;
    }

    @Override
    public long queueBytesMax() {
      return room;
    }

    @Override
    public DestinationStatus status() {
      return new DestinationStatus("shelf", true, 0, room, 0, 0, Map.of(), "");
    }

    @Override
    public void drain(Duration atMost) {}

    @Override
    public void close() {}

    List<Signal> signals() {
      return taken.stream().map(Shipment::signal).toList();
    }
  }

  private final Shelf traces = new Shelf(1);
  private final Shelf others = new Shelf(9);
  private final Shelf all = new Shelf(9);
  private final Outlet outlet =
      new Outlet(
          List.of(
              new Route(others, Set.of(Signal.METRICS)),
              new Route(traces, Set.of(Signal.TRACES)),
              new Route(all, Set.of(Signal.TRACES, Signal.METRICS))));

  @Test
  void aSignalGoesOnlyWhereItIsTaken() {
    assertTrue(outlet.passOn(Signal.METRICS, new byte[1], 1));
    outlet.ship(new byte[1], 5);
    assertEquals(List.of(Signal.METRICS), others.signals());
    assertEquals(List.of(Signal.TRACES), traces.signals());
    assertEquals(List.of(Signal.METRICS, Signal.TRACES), all.signals());
  }

  @Test
  void c11_aFullQueueCostsItsOwnDestinationTheRequestAndNobodyElse() {
    outlet.ship(new byte[1], 5);
    assertFalse(outlet.isFull(Signal.TRACES), "the other has room");
    outlet.ship(new byte[1], 7);
    assertTrue(outlet.passOn(Signal.TRACES, new byte[1], 2));
    assertEquals(9, outlet.overflowed(Signal.TRACES), "the first is the account's");
    assertEquals(0, outlet.overflowed(Signal.METRICS));
    assertEquals(1, traces.taken.size());
    assertEquals(3, all.taken.size());
  }

  @Test
  void c11_whenEveryQueueIsFullTheSenderIsAskedToWait() {
    for (int i = 0; i < 9; i++) {
      assertTrue(outlet.passOn(Signal.TRACES, new byte[1], 1));
    }
    assertTrue(outlet.isFull(Signal.TRACES));
    assertFalse(outlet.isFull(Signal.METRICS));
    assertFalse(outlet.passOn(Signal.TRACES, new byte[1], 1), "nothing was sent");
    assertEquals(9, all.taken.size());
    assertEquals(8, outlet.overflowed(Signal.TRACES));
  }

  @Test
  void whatNobodyTakesIsCounted() {
    assertTrue(outlet.passOn(Signal.LOGS, new byte[1], 3));
    assertEquals(3, outlet.unrouted(Signal.LOGS));
    assertEquals(0, outlet.unrouted(Signal.TRACES));
    assertFalse(outlet.isFull(Signal.LOGS));
  }
}
