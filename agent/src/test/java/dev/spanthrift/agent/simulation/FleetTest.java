package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FleetTest {
  @Test
  void everyPodGivesItsCodecBack() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    Outcomes outcomes = new Outcomes(new SpanNames(new Scanner(1).scan(new byte[0], 0, 0)));
    try (Fleet fleet =
        new Fleet(question(), outcomes, shipped -> {}, () -> new Counted(open, opened), null)) {
      Scanner scanner = new Scanner(10_000);
      for (var request : new MadeTraffic(7, 100).recorded()) {
        byte[] bytes = request.toByteArray();
        Batch batch = scanner.scan(bytes, 0, bytes.length);
        fleet.receive(bytes, scanner, batch, 1);
      }
      assertEquals(3, open.get(), "one for each pod");
    }
    assertEquals(0, open.get());
    assertEquals(3, opened.get());
  }

  private static Question question() throws Exception {
    return new Question(
        dev.spanthrift.agent.config.policy.PolicyParser.parse(
            Map.of("default", Map.of("probability", 0.5))),
        null,
        null,
        AllocationSettings.DEFAULT,
        SpanPrice.NOMINAL,
        "USD",
        true,
        SamplerSettings.DEFAULT);
  }

  private static final class Counted implements SliceCodec {
    private final SliceCodec deflate = SliceCodec.deflate();
    private final AtomicInteger open;

    Counted(AtomicInteger open, AtomicInteger opened) {
      this.open = open;
      open.incrementAndGet();
      opened.incrementAndGet();
    }

    @Override
    public byte[] compress(byte[] block, int length) {
      return deflate.compress(block, length);
    }

    @Override
    public void decompress(byte[] compressed, byte[] into, int length) {
      deflate.decompress(compressed, into, length);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }
}
