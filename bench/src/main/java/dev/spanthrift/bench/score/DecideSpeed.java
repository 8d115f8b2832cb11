package dev.spanthrift.bench.score;

import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.Decisions;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.allocation.Verdicts;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.signal.StableHash;
import dev.spanthrift.sampler.trace.Fragment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Time of the whole decision per span: read a fragment, score, price, tell, wait, ask, settle.
 *
 * <p>One pod gets the fragments of a recording again and again, with new trace ids, at 10,000 spans
 * per second of virtual time with a tick each second; the ticks are in the figure. Holding and
 * scanning are not.
 */
public final class DecideSpeed {
  private static final int SPANS_PER_SECOND = 10_000;
  private static final int ROUNDS = 15;
  private static final int WARM_UP = 5;
  private static final long RANDOMNESS_MASK = (1L << 56) - 1;

  private final RecordedColumns recording;
  private final List<int[]> fragments = new ArrayList<>();
  private final FragmentReader reader;
  private final Decisions<int[]> decisions;
  private final Fragment columns = new Fragment();
  private long nowNanos = 1_700_000_000_000_000_000L;
  private int sinceTick;
  private long kept;

  private DecideSpeed(RecordedColumns recording) {
    this.recording = recording;
    Map<Long, List<Integer>> byPod = new LinkedHashMap<>();
    for (int part = 0; part < recording.parts(); part++) {
      long pod = recording.podOfPart(part);
      recording
          .spansOfPart(part)
          .forEach(
              s -> {
                long key = ((long) recording.traceOfSpan(s) << 20) | pod;
                byPod.computeIfAbsent(key, k -> new ArrayList<>()).add(s);
              });
    }
    byPod.values().forEach(l -> fragments.add(l.stream().mapToInt(i -> i).toArray()));
    AllocationSettings settings = AllocationSettings.DEFAULT;
    Allocation allocation =
        new Allocation(
            settings,
            new Allowance.ShareOfTraffic(.1),
            PriceOf.BYTES,
            FleetSums.inProcess(),
            "pod");
    decisions =
        new Decisions<>(
            settings,
            allocation,
            new InProcessKeepLedger(false, settings.askAfter(), 1 << 20),
            this::price,
            verdicts());
    reader =
        new FragmentReader(recording.operations(), recording.signatures(), new EdgeDurations());
  }

  /** Prints ns per span for each set. */
  public static void main(String[] args) throws IOException {
    for (String folder : args) {
      Path path = Path.of(folder);
      System.out.println(path.getFileName() + ": " + measure(RecordedSet.read(path).recording));
    }
  }

  static String measure(RecordedColumns recording) {
    DecideSpeed speed = new DecideSpeed(recording);
    double sum = 0;
    double most = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double nanos = speed.round(round);
      if (round >= WARM_UP) {
        sum += nanos;
        most = Math.max(most, nanos);
      }
    }
    return String.format(
        Locale.ROOT,
        "%.0f ns a span (slowest of %d rounds %.0f), %d fragments kept",
        sum / (ROUNDS - WARM_UP),
        ROUNDS - WARM_UP,
        most,
        speed.kept);
  }

  /** Nanoseconds per span over all fragments once; copying the columns is outside. */
  private double round(int round) {
    long spent = 0;
    for (int[] fragment : fragments) {
      load(fragment, round);
      long began = System.nanoTime();
      Reading reading = new Reading();
      reader.read(columns, reading);
      decisions.submit(fragment, reading, reading.path(), 1, nowNanos);
      sinceTick += fragment.length;
      if (sinceTick >= SPANS_PER_SECOND) {
        sinceTick = 0;
        nowNanos += 1_000_000_000L;
        decisions.tick(nowNanos);
      }
      spent += System.nanoTime() - began;
    }
    return (double) spent / recording.spans();
  }

  private void load(int[] spans, int round) {
    int trace = recording.traceOfSpan(spans[0]);
    long low = StableHash.mix(recording.traceIdLow(trace) + round);
    columns.begin(recording.traceIdHigh(trace), low, StableHash.mix(low) & RANDOMNESS_MASK);
    for (int s : spans) {
      recording.copySpan(s, columns);
    }
  }

  private long price(int[] spans) {
    long sum = 0;
    for (int s : spans) {
      sum += recording.bytesOfSpan(s);
    }
    return sum;
  }

  private Verdicts<int[]> verdicts() {
    return new Verdicts<>() {
      @Override
      public void decided(int[] fragment, boolean keep, double probability) {}

      @Override
      public void keep(int[] fragment, double probability, TraceClass reason, boolean joined) {
        kept++;
      }

      @Override
      public void drop(int[] fragment, double probability) {}
    };
  }
}
