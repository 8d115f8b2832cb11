package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.allocation.FleetReport;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a simulated fleet: answers at once, counts what it is asked, and lets each pod know
 * no more of the others' money and reports than the real one does.
 *
 * <p>Entries of traces are those of the ledger in memory. Of the level a pod sees what the others
 * have told, once in five seconds and with each exchange in which it has moved its part of a
 * twentieth of the level. Reports are added up by generations of five seconds; a pod reads the last
 * whole one. Bytes are those of the two scripts' keys, arguments and answers.
 */
final class EngineModel {
  private static final long SECOND = 1_000_000_000L;
  private static final double GENERATION = 5;
  private static final double MOVED_MAX = .05;
  private static final int PODS = 2; // place in the report
  private static final int BOUND = 1 << 23;
  private static final int KEY_BYTES = 20;
  private static final int PART_BYTES = 30;
  private static final int TELL_BYTES = 14 + 4;
  private static final int SPEND_BYTES = 9 + 8;
  private static final int ASK_BYTES = 10 + 26;
  private static final int READ_BYTES = 1 + 34;
  private static final int RELEASE_BYTES = 1 + 12;
  private static final int SUMS_BYTES = 3 * 80 + 60 + 3 * 18 + 9 + 80;
  private static final int BYTES_A_NUMBER = 8; // that is not zero: place and float, MessagePack

  private final InProcessKeepLedger traces;
  private final int podsAssumed; // while no whole generation is known
  private double available; // of the ledger, when it was asked last
  private double told;
  private double[] growing = new double[FleetReport.LENGTH];
  private double @Nullable [] whole;
  private long generation = -1;
  long visits;
  long scripts;
  long bytes;

  EngineModel(Duration askAfter, int podsAssumed) {
    this.podsAssumed = podsAssumed;
    traces = new InProcessKeepLedger(false, askAfter, BOUND);
  }

  double spent() {
    return traces.spentSum();
  }

  double expired() {
    return traces.expiredSum();
  }

  int entries() {
    return traces.size();
  }

  long refused() {
    return traces.refused();
  }

  private void report(double[] report, long nowNanos) {
    long now = (long) Math.floor(nowNanos / (GENERATION * SECOND));
    if (now != generation) {
      whole = generation < 0 ? null : growing;
      growing = new double[FleetReport.LENGTH];
      generation = now;
    }
    for (int i = 0; i < growing.length; i++) {
      growing[i] =
          i < FleetReport.MAXIMA ? Math.max(growing[i], report[i]) : growing[i] + report[i];
    }
  }

  private static int bytesOf(double[] numbers) {
    int count = 0;
    for (double number : numbers) {
      count += number == 0 ? 0 : 1;
    }
    return BYTES_A_NUMBER * count;
  }

  /** One pod's connection. */
  final class Connection implements KeepLedger, FleetSums {
    private final Set<Long> visited = new HashSet<>();
    private final double phase;
    private double @Nullable [] own; // the pod's, which changes it only when it publishes
    private double @Nullable [] fleet; // shared by all that read the same generation
    private double levelTold;
    private double untold;
    private long reportedIn = -1;

    /**
     * @param place from 0 to 1, of this pod in a generation
     */
    Connection(double place) {
      phase = place / 2;
    }

    @Override
    public boolean isSolo() {
      return false;
    }

    @Override
    public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
      count(batch);
      traces.exchange(batch, nowNanos, unused -> {});
      untold += batch.level() - available;
      available = batch.level();
      double generations = nowNanos / (GENERATION * SECOND);
      boolean reports = own != null && Math.floor(generations - phase) > reportedIn;
      double pods = fleet == null ? podsAssumed : Math.max(1, fleet[PODS]);
      if (reports || Math.abs(untold) * pods > MOVED_MAX * (levelTold + untold)) {
        askSums(reports, nowNanos);
      }
      batch.answerLevel(levelTold + untold);
      answered.accept(batch);
    }

    private void askSums(boolean reports, long nowNanos) {
      scripts++;
      bytes += SUMS_BYTES;
      told += untold;
      untold = 0;
      levelTold = told;
      double[] report = own;
      if (reports && report != null) {
        reportedIn = (long) Math.floor(nowNanos / (GENERATION * SECOND));
        report(report, nowNanos);
        fleet = whole;
        bytes += bytesOf(report) + (fleet == null ? 0 : bytesOf(fleet));
      }
    }

    private void count(LedgerBatch batch) {
      visited.clear();
      visit(batch.parts(), PART_BYTES);
      visit(batch.tells(), TELL_BYTES);
      visit(batch.spends(), SPEND_BYTES);
      visit(batch.asks(), ASK_BYTES);
      visit(batch.reads(), READ_BYTES);
      visit(batch.releases(), RELEASE_BYTES);
      scripts += visited.isEmpty() ? 0 : 1;
      visits += visited.size();
      bytes += (long) visited.size() * (KEY_BYTES + 2);
    }

    private void visit(LedgerBatch.Ids ids, int bytesEach) {
      for (int i = 0; i < ids.size(); i++) {
        visited.add(ids.low(i));
      }
      bytes += (long) bytesEach * ids.size();
    }

    @Override
    public void publish(String pod, double[] report) {
      own = report;
    }

    /** As a sidecar does: until a whole generation is known, it assumes some like itself. */
    @Override
    public boolean read(double[] into) {
      double[] mine = own;
      if (fleet != null) {
        System.arraycopy(fleet, 0, into, 0, into.length);
      } else if (mine != null) {
        for (int i = 0; i < into.length; i++) {
          into[i] = i < FleetReport.MAXIMA ? mine[i] : mine[i] * podsAssumed;
        }
      }
      return mine != null;
    }
  }
}
