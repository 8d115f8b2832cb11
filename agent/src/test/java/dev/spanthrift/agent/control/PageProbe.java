package dev.spanthrift.agent.control;

import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus.Identity;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A page with figures that move, to be looked at: the first argument is how many seconds. */
final class PageProbe {
  private PageProbe() {}

  public static void main(String[] arguments) throws InterruptedException {
    AdminPort port = AdminPort.startReadOnly();
    System.out.println(port.url());
    Random random = new Random(7);
    long received = 4_000_000;
    long kept = 380_000;
    for (int second = 0; second < Integer.parseInt(arguments[0]) * 4; second++) {
      received += 450 + random.nextInt(120) + (second % 200 > 150 ? 300 : 0);
      kept += 40 + random.nextInt(20) + (second % 200 > 150 ? 120 : 0);
      port.pipeline.status = moving(received, kept);
      if (arguments.length > 1) {
        long now = System.currentTimeMillis();
        port.pipeline.killSwitch =
            new KillSwitch(KillSwitch.Mode.KEEP_ALL, now, now + 250_000, "incident 4711");
      }
      Thread.sleep(250);
    }
    port.close();
    System.exit(0);
  }

  private static PipelineStatus moving(long received, long kept) {
    long held = 3_312;
    long dropped = received - held - kept;
    long shipped = kept - 1_200 - 96;
    Map<String, Long> keptBy =
        Map.of("error", kept / 2, "slow", kept / 5, "probability", kept - kept / 2 - kept / 5);
    Map<String, Long> droppedBy = Map.of("probability", dropped - 12_000, "health-checks", 12_000L);
    return new PipelineStatus(
        System.currentTimeMillis() - 4_000_000,
        System.currentTimeMillis(),
        Map.of(
            Signal.TRACES,
            new PipelineStatus.Offers(
                received / 21 + 19,
                received / 21,
                0,
                received * 573,
                0,
                Map.of("OVERLOADED", 12L, "TOO_LARGE", 7L)),
            Signal.METRICS,
            new PipelineStatus.Offers(4_000, 4_000, 0, 88_000_000, 0, Map.of())),
        new PipelineStatus.Spans(
            received,
            received * 573,
            held,
            kept,
            kept * 600,
            keptBy,
            dropped,
            dropped * 570,
            droppedBy,
            shipped,
            1_200,
            Map.of("retries_exhausted", 96L),
            420,
            0,
            0,
            Map.of()),
        new PipelineStatus.Held(812, held, 412_000, 24_000_000),
        List.of(
            new DestinationStatus(
                "default",
                true,
                900_000,
                64_000_000,
                shipped * 61,
                3,
                Map.of(Signal.TRACES, new Counts(kept, shipped, 1_200, shipped * 600, Map.of())),
                ""),
            new DestinationStatus(
                "second",
                false,
                41_000_000,
                64_000_000,
                12_000,
                340,
                Map.of(),
                "UNAVAILABLE: connection refused: collector.observability.svc.cluster.local:4317")),
        List.of(
            new Identity("offered = refused + received", received / 21 + 19, received / 21 + 19),
            new Identity("received = held + kept + dropped", received, received),
            new Identity("kept = shipped + queued + failed", kept, kept - 3)));
  }
}
