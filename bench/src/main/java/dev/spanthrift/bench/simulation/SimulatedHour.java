package dev.spanthrift.bench.simulation;

import dev.spanthrift.agent.demo.ShopRecording;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RecordedTraffic;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How long it takes to simulate an hour of 2,000 spans a second that was recorded, and what
 * recording a span costs: {@code SimulatedHour [SPANS_PER_SECOND [RUNS]]}.
 */
public final class SimulatedHour {
  private static final long TICK_NANOS = 100_000_000L;
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
      if (run == 0) {
        predicted(answer.cost().kept(), happened(1, rate, question), "the same hour");
        predicted(answer.cost().kept(), happened(2, rate, question), "the next hour");
      }
    }
  }

  private static void predicted(double before, double after, String of) {
    say(
        "predicted USD %.6f, %s really costs %.6f: %+.2f %%%n",
        before, of, after, 100 * (before / after - 1));
  }

  /** An hour through the production sampler, with the pipeline's steps ten times a second. */
  private static double happened(long seed, double rate, Question question) throws Exception {
    Scanner scanner = new Scanner(100_000);
    BudgetParts budget =
        new BudgetParts(
            question.allocation(),
            Objects.requireNonNull(question.allowance()),
            PRICE::price,
            new InProcessKeepLedger(true, question.allocation().askAfter(), 1 << 20),
            FleetSums.inProcess(),
            "self");
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT,
            new PolicyJudge(PolicySet.compile(question.policy())),
            SliceCodec.deflate(),
            budget);
    try (RecordedTraffic.Reader hour = new ShopRecording(seed, rate, Duration.ofHours(1)).open()) {
      long now = 0;
      for (byte[] request = hour.next(); request != null; request = hour.next()) {
        for (now = now == 0 ? hour.nanos() : now; now < hour.nanos(); now += TICK_NANOS) {
          sampler.decide(now);
          sampler.tell(now);
          sampler.stamp();
          sampler.ship();
        }
        sampler.hold(scanner.scan(request, 0, request.length), hour.nanos());
      }
      sampler.decideAll(now);
    }
    return sampler.counts().kept().bytes() * PRICE.perByte() / 1e12;
  }

  /** Of this thread: what others do on the machine is not in it, nor is the collector. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void say(String form, Object... values) {
    System.out.printf(Locale.ROOT, form, values);
  }
}
