package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.Decisions;
import dev.spanthrift.sampler.budget.allocation.Verdicts;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.trace.Fragment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One pod in virtual time: decides with the real classes, keeps its part of the fleet's money and
 * sums with the real ones, and tells them to the real script. Traces are told in process.
 */
final class MemberPod implements Verdicts<MemberPod.Piece>, KeepLedger {
  /** What all pods have in common. */
  static final class Common {
    final VirtualEngine engine;
    private Allowance allowance;
    final Operations operations = new Operations();
    final ErrorSignatures signatures = new ErrorSignatures();
    final int signature = signatures.intern(new byte[1], 0, 0);
    final InProcessKeepLedger traces =
        new InProcessKeepLedger(false, AllocationSettings.DEFAULT.askAfter(), 1 << 20);
    double level; // of the ledger in process
    long spent;
    double seconds; // the engine's clock

    Common(VirtualEngine engine, double perSecond) {
      this.engine = engine;
      allowance = new Allowance.PerSecond(perSecond);
    }

    /** For pods that join from now on. */
    void allow(double perSecond) {
      allowance = new Allowance.PerSecond(perSecond);
    }
  }

  record Piece(long bytes) {}

  private static final int PODS_ASSUMED = 10;

  private final Common common;
  private final byte[] name;
  private final double skew;
  private final double zero;
  private final RedisFleetSums sums;
  private final Totals totals = new Totals(true);
  private final SumsTiming timing;
  private final Allocation allocation;
  private final Decisions<Piece> decisions;
  private final FragmentReader reader;
  private final Fragment fragment = new Fragment();

  /**
   * @param skew seconds by which its clock is wrong
   * @param place of its moment among the others', 0 to 1
   */
  MemberPod(Common common, String name, double skew, double place) {
    this.common = common;
    this.name = FleetKeys.ascii(name);
    this.skew = skew;
    zero = common.seconds - 1000 * place; // each process has its own
    sums =
        new RedisFleetSums(PODS_ASSUMED, () -> (long) ((common.seconds + skew) * 1e3), this::nanos);
    timing = new SumsTiming(place);
    allocation =
        new Allocation(AllocationSettings.DEFAULT, common.allowance, PriceOf.BYTES, sums, name);
    decisions = new Decisions<>(AllocationSettings.DEFAULT, allocation, this, Piece::bytes, this);
    reader = new FragmentReader(common.operations, common.signatures, new EdgeDurations());
  }

  private long nanos() {
    return (long) ((common.seconds - zero) * 1e9) + 1;
  }

  /** One span of a trace. */
  void send(long traceId, boolean root, int operation, int millis, boolean error, int bytes) {
    fragment.begin(traceId, traceId, traceId & (1L << 56) - 1);
    int flags = (root ? Fragment.LOCAL_ROOT : 0) | (error ? Fragment.ERROR : 0);
    int signature = error ? common.signature : ErrorSignatures.NONE;
    long start = (long) ((common.seconds + skew) * 1e9);
    long parent = root ? 0 : 1;
    fragment.add(
        root ? 1 : 2,
        parent,
        start,
        millis * 1_000_000L,
        operation,
        signature,
        (byte) flags,
        bytes);
    Reading reading = new Reading();
    reader.read(fragment, reading);
    decisions.submit(new Piece(bytes), reading, reading.path(), 1, nanos());
  }

  void tick() {
    decisions.tick(nanos());
  }

  @Override
  public boolean isSolo() {
    return false;
  }

  /** As the fleet's ledger does it, but that the answers are there at once. */
  @Override
  public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
    totals.inflow(batch.inflow());
    double expired = common.traces.expiredSum();
    common.traces.exchange(batch, (long) (common.seconds * 1e9), unused -> {});
    double moved = batch.level() - common.level - batch.inflow();
    moved += common.traces.expiredSum() - expired;
    common.level = batch.level();
    boolean reports = timing.isReportDue(nanos());
    if (reports || totals.isSumDue(sums.pods())) {
      askSums(batch, reports);
    }
    totals.level(moved);
    batch.answerLevel(totals.level());
    answered.accept(batch);
  }

  private void askSums(LedgerBatch batch, boolean reports) {
    byte[][] numbers = totals.send();
    ByteBuffer in =
        common.engine.sums(
            common.seconds,
            name,
            numbers[0],
            numbers[1],
            numbers[2],
            FleetKeys.ascii(Double.toString(sums.levelMax(batch.levelMax()))),
            new byte[0],
            reports ? sums.report("") : new byte[0]);
    double engineSeconds = in.getDouble();
    boolean whole = in.get() != 0;
    totals.take(in);
    if (in.hasRemaining()) {
      totals.founded(whole);
      sums.take(in.slice(), whole, timing.isInSumsOf(engineSeconds));
      timing.reported(engineSeconds, nanos());
    }
  }

  @Override
  public void keep(Piece piece, double probability, TraceClass reason, boolean joined) {
    common.spent += piece.bytes();
  }

  @Override
  public void drop(Piece piece, double probability) {}

  /** The fleet's level, as far as this pod knows. */
  double level() {
    return totals.level();
  }
}
