package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.Decisions;
import dev.spanthrift.sampler.budget.allocation.Verdicts;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Any number of pods that decide with the production classes, in virtual time, against a model of
 * the engine; all start at once, and in the middle of the time the traffic becomes ten times as
 * much.
 *
 * <p>Traces are drawn at random from a recording, with new ids; each of their services has as many
 * replicas as the fleet has room for, of which one takes part. Modelled is what costs memory:
 * replicas of a service share what they have learned of durations. One budget, so much a second.
 */
public final class LargeFleet {
  private static final long SECOND = 1_000_000_000L;
  private static final long PAUSE = SECOND;
  private static final int AHEAD = 256; // seconds; what is due later is due then
  private static final double STEP = 10;
  private static final double SHARE = .2; // of the price before the step is allowed

  private final TracePool pool;
  private final EngineModel engine;
  private final AllocationSettings settings;
  private final Random random;
  private final List<Pod> pods = new ArrayList<>();
  private final List<FragmentReader> readers = new ArrayList<>();
  private final List<EdgeDurations> edges = new ArrayList<>();
  private final List<List<Piece>> due = new ArrayList<>();
  private final Fragment columns = new Fragment();
  private final double tracesPerSecond;
  private final double allowance;
  private long keptTraces;
  private long wholeTraces;
  private long fragments;
  private long nanos;

  /** A trace on its way: how many of its fragments have which verdict. */
  private static final class Trace {
    final long high;
    final long low;
    final int parts;
    int settled;
    int kept;

    Trace(long high, long low, int parts) {
      this.high = high;
      this.low = low;
      this.parts = parts;
    }
  }

  private record Piece(Trace trace, TracePool.Part part, int pod) {}

  /** One pod. */
  private final class Pod implements Verdicts<Piece> {
    final Decisions<Piece> decisions;
    final List<Piece> inbox = new ArrayList<>();

    Pod(String name) {
      EngineModel.Connection connection = engine.new Connection(random.nextDouble());
      Allocation allocation =
          new Allocation(
              settings, new Allowance.PerSecond(allowance), PriceOf.BYTES, connection, name);
      decisions =
          new Decisions<>(settings, allocation, connection, piece -> piece.part.bytes(), this);
    }

    void tick(long now) {
      long began = System.nanoTime();
      for (Piece piece : inbox) {
        Reading reading = read(piece);
        decisions.submit(piece, reading, reading.path(), 1, now);
      }
      fragments += inbox.size();
      inbox.clear();
      decisions.tick(now);
      nanos += System.nanoTime() - began;
    }

    @Override
    public void decided(Piece piece, boolean kept, double probability) {}

    @Override
    public void keep(Piece piece, double probability, TraceClass reason, boolean joined) {
      piece.trace.kept++;
      settled(piece.trace);
    }

    @Override
    public void drop(Piece piece, double probability) {
      settled(piece.trace);
    }
  }

  public LargeFleet(
      RecordedColumns recording,
      int count,
      double fragmentsPerPod,
      AllocationSettings settings,
      int podsAssumed,
      long seed) {
    pool = new TracePool(recording, count, PAUSE);
    this.settings = settings;
    engine = new EngineModel(settings.askAfter(), podsAssumed);
    random = new Random(seed);
    tracesPerSecond = count * fragmentsPerPod / pool.partsPerTrace;
    allowance = SHARE * tracesPerSecond * pool.bytesPerTrace;
    for (int i = 0; i < pool.services; i++) {
      EdgeDurations learned = new EdgeDurations();
      edges.add(learned);
      readers.add(new FragmentReader(recording.operations, recording.signatures, learned));
    }
    for (int i = 0; i < count; i++) {
      pods.add(new Pod("pod-" + i));
    }
    for (int i = 0; i < AHEAD; i++) {
      due.add(new ArrayList<>());
    }
  }

  /**
   * Runs so long; the traffic steps up in the middle.
   *
   * @return what happened in each ten seconds
   */
  public FleetHistory run(int seconds) {
    FleetHistory history = new FleetHistory(pods.size(), allowance);
    for (int second = 0; second < seconds; second++) {
      arrive(second, second < seconds / 2 ? 1 : STEP);
      for (int i = 0; i < pods.size(); i++) {
        pods.get(i).tick(second * SECOND + i * SECOND / pods.size());
      }
      for (EdgeDurations learned : edges) {
        learned.tick(second);
      }
      if ((second + 1) % FleetHistory.SECONDS == 0) {
        history.add(point());
      }
    }
    return history;
  }

  private FleetHistory.Point point() {
    return new FleetHistory.Point(
        engine.spent(),
        engine.expired(),
        fragments,
        engine.visits,
        engine.scripts,
        engine.bytes,
        engine.entries(),
        engine.refused(),
        keptTraces,
        wholeTraces,
        nanos);
  }

  private void arrive(int second, double times) {
    double left = tracesPerSecond * times;
    for (int count = poisson(left); count > 0; count--) {
      List<TracePool.Part> parts = pool.traces.get(random.nextInt(pool.traces.size()));
      Trace trace = new Trace(random.nextLong(), random.nextLong(), parts.size());
      for (TracePool.Part part : parts) {
        int after = (int) Math.min(AHEAD - 1, part.dueNanos() / SECOND);
        due.get((second + after) % AHEAD).add(new Piece(trace, part, replica(part.service())));
      }
    }
    List<Piece> now = due.get(second % AHEAD);
    now.forEach(piece -> pods.get(piece.pod).inbox.add(piece));
    now.clear();
  }

  /** Knuth's for few, the normal one for many. */
  private int poisson(double mean) {
    if (mean > 50) {
      return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    int count = 0;
    for (double product = random.nextDouble(); product > limit; count++) {
      product *= random.nextDouble();
    }
    return count;
  }

  private int replica(int service) {
    int replicas = (pods.size() - service + pool.services - 1) / pool.services;
    return service + pool.services * random.nextInt(replicas);
  }

  private Reading read(Piece piece) {
    columns.begin(piece.trace.high, piece.trace.low, piece.trace.low & (1L << 56) - 1);
    for (int span : piece.part.spans()) {
      pool.recording.copySpan(span, columns);
    }
    Reading reading = new Reading();
    readers.get(piece.part.service()).read(columns, reading);
    return reading;
  }

  private void settled(Trace trace) {
    if (++trace.settled == trace.parts && trace.kept > 0) {
      keptTraces++;
      wholeTraces += trace.kept == trace.parts ? 1 : 0;
    }
  }
}
