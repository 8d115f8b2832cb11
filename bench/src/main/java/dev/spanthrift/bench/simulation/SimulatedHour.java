package dev.spanthrift.bench.simulation;

import dev.spanthrift.agent.demo.ShopRecording;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RecordedTraffic;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How long it takes to simulate an hour of 2,000 spans a second that was recorded, and what
 * recording a span costs: {@code SimulatedHour [SPANS_PER_SECOND [RUNS]]}.
 */
public final class SimulatedHour {
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);

  private SimulatedHour() {}

  public static void main(String[] arguments) throws Exception {
    double rate = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2_000;
    int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    long spans = (long) (rate * 3_600);
    SpanRing ring = new SpanRing(64 * (spans + 10_000), Duration.ofHours(4));
    Scanner scanner = new Scanner(100_000);
    long recording = 0;
    long end;
    try (RecordedTraffic.Reader hour = new ShopRecording(1, rate, Duration.ofHours(1)).open()) {
      for (byte[] request = hour.next(); request != null; request = hour.next()) {
        Batch batch = scanner.scan(request, 0, request.length);
        long begin = cpuNanos();
        ring.record(batch, hour.nanos() / 1_000_000);
        recording += cpuNanos() - begin;
      }
      end = hour.nanos() / 1_000_000;
    }
    long held = ring.counts().held();
    say("recorded %d spans, %.0f ns of CPU each%n", held, (double) recording / held);
    List<Policy> errors = List.of(new Policy("errors", new Condition.HasError(), Action.KEEP));
    Question question =
        new Question(
            new PolicyDocument(errors, Action.BUDGET),
            new Allowance.ShareOfTraffic(0.1),
            null,
            AllocationSettings.DEFAULT,
            PRICE,
            "USD",
            false,
            SamplerSettings.DEFAULT);
    for (int run = 0; run < runs; run++) {
      long begin = System.nanoTime();
      long cpuBegin = cpuNanos();
      RingTraffic traffic = new RingTraffic(ring.snapshot(end));
      WhatIfAnswer answer = WhatIf.answer(traffic, question, WhatIf.Onlooker.NONE);
      double seconds = (System.nanoTime() - begin) / 1e9;
      say(
          "simulated %d spans of %.0f s in %.2f s, %.2f s of them CPU; %.1f %% kept%n",
          answer.received().spans(),
          answer.seconds(),
          seconds,
          (cpuNanos() - cpuBegin) / 1e9,
          100 * answer.shareOfBytes());
    }
  }

  /** Of this thread: what others do on the machine is not in it, nor is the collector. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void say(String form, Object... values) {
    System.out.printf(Locale.ROOT, form, values);
  }
}
