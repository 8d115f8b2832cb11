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
 * How long it takes to simulate an hour of 2,000 spans a second that was recorded, what recording a
 * span costs, and what the same hour and the next one then really cost: {@code SimulatedHour
 * [SPANS_PER_SECOND [RUNS [HOURS]]]}. With 0 hours only the simulation is measured.
 */
public final class SimulatedHour {
  private static final long TICK_NANOS = 100_000_000L;
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);

  private SimulatedHour() {}

  public static void main(String[] arguments) throws Exception {
    double rate = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2_000;
    int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    int hours = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
    Question question = question();
    for (int seed = 1; seed <= Math.max(1, hours); seed++) {
      SpanRing.Snapshot hour = recorded(seed, rate);
      double predicted = 0;
      for (int run = 0; run < (seed == 1 ? runs : 1); run++) {
        predicted = simulated(hour, question);
      }
      if (seed <= hours) {
        predicted(predicted, happened(seed, rate, question), "the same hour");
        predicted(predicted, happened(seed + 1, rate, question), "the next hour");
      }
    }
  }

  private static SpanRing.Snapshot recorded(long seed, double rate) throws Exception {
    SpanRing ring = new SpanRing(64 * ((long) (rate * 3_600) + 10_000), Duration.ofHours(4));
    Scanner scanner = new Scanner(100_000);
    long recording = 0;
    try (RecordedTraffic.Reader hour = new ShopRecording(seed, rate, Duration.ofHours(1)).open()) {
      for (byte[] request = hour.next(); request != null; request = hour.next()) {
        Batch batch = scanner.scan(request, 0, request.length);
        long begin = cpuNanos();
        ring.record(batch, hour.nanos() / 1_000_000);
        recording += cpuNanos() - begin;
      }
      long held = ring.counts().held();
      say("recorded %d spans, %.0f ns of CPU each%n", held, (double) recording / held);
      return ring.snapshot(hour.nanos() / 1_000_000);
    }
  }

  private static Question question() {
    List<Policy> errors = List.of(new Policy("errors", new Condition.HasError(), Action.KEEP));
    return new Question(
        new PolicyDocument(errors, Action.BUDGET),
        new Allowance.ShareOfTraffic(0.1),
        null,
        AllocationSettings.DEFAULT,
        PRICE,
        "USD",
        false,
        SamplerSettings.DEFAULT);
  }

  private static double simulated(SpanRing.Snapshot hour, Question question) throws Exception {
    long begin = System.nanoTime();
    long cpuBegin = cpuNanos();
    WhatIfAnswer answer = WhatIf.answer(new RingTraffic(hour), question, WhatIf.Onlooker.NONE);
    say(
        "simulated %d spans of %.0f s in %.2f s, %.2f s of them CPU of this thread; %.1f %% kept%n",
        answer.received().spans(),
        answer.seconds(),
        (System.nanoTime() - begin) / 1e9,
        (cpuNanos() - cpuBegin) / 1e9,
        100 * answer.shareOfBytes());
    return answer.cost().kept();
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
    System.out.flush();
  }
}
