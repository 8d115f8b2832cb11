package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.LearnedState;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.ResourceContext;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The path of a batch: receive → scan → measure → hold → decide → tell → stamp → ship → account.
 * The steps stand in {@link #advance}.
 *
 * <p>Ports call in on the one event loop, under one lock that nobody else wants but for a moment:
 * who reads the counters, or changes something. Metrics, logs and profiles go through byte for
 * byte.
 */
public final class Pipeline implements Intake, AutoCloseable {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final long LOOK_AGAIN_NANOS = 5_000_000;
  private static final int ASKING = 4; // of the time for the end, the part for questions

  /** Half of what a kubelet leaves where an application has spent the grace period (KEP-753). */
  private static final Duration ASKING_MAX = Duration.ofSeconds(1);

  /** At rest a budget's seconds are made up together, so often. */
  private static final long REST_NANOS = 10_000_000_000L;

  /**
   * So few spans may wait for a tick that decides and ships in one: the usual hour of a sidecar.
   */
  private static final int FEW_SPANS = 5_000;

  private static final long SELDOM_NANOS = 1_000_000_000L;
  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);

  private final PipelineSettings settings;
  private final Sampler sampler;
  private final Outlet outlet;
  private final SliceCodec codec = new LateCodec();
  private final Map<Signal, Entrance> doors = new EnumMap<>(Signal.class);
  private final Scanner scanner;
  private final long startedUnixMillis = System.currentTimeMillis();
  private final IdWords idWords = new IdWords();
  private final Object lock = new Object();

  private @Nullable TraceWatch watch;
  private volatile @Nullable SpanRing recorded;
  private @Nullable SlowQueries queries;
  private volatile KillSwitch killSwitch = KillSwitch.OFF;
  private volatile boolean draining;
  private long nextTick = System.nanoTime();
  private boolean resting;
  private TickTimer timer = TickTimer.NONE;
  private final List<Runnable> moved = new ArrayList<>();
  private long shippableSince;
  private long snapshotsIgnored;

  /**
   * @param budget what pays for traces that no policy decides; none: they are kept
   */
  public Pipeline(
      PipelineSettings settings, Judge judge, @Nullable BudgetParts budget, List<Route> routes) {
    this.settings = settings;
    outlet = new Outlet(routes);
    for (Signal signal : Signal.values()) {
      doors.put(signal, new Entrance());
    }
    scanner = new Scanner(settings.spansPerRequestMax());
    sampler = new Sampler(settings.sampler(), judge, codec, budget);
    sampler.shadow(settings.shadow());
  }

  @Override
  public void arrived(Signal signal) {
    synchronized (lock) {
      door(signal).arrive();
      moved.forEach(Runnable::run);
    }
  }

  @Override
  public <T> T ending(Signal signal, Supplier<T> becomes) {
    synchronized (lock) {
      try {
        return becomes.get();
      } finally {
        door(signal).end();
      }
    }
  }

  @Override
  public Admission offer(Signal signal, byte[] buffer, int offset, int length) {
    synchronized (lock) {
      try {
        if (receive(signal, buffer, offset, length)) {
          return Admission.ACCEPTED;
        }
        refused(signal, Refusal.OVERLOADED);
        return new Admission.Overloaded(RETRY_AFTER);
      } catch (MalformedException | TooManySpansException bad) {
        refused(signal, Refusal.MALFORMED);
        return new Admission.Malformed(String.valueOf(bad.getMessage()));
      }
    }
  }

  /** Whether there was room for it. */
  private boolean receive(Signal signal, byte[] buffer, int offset, int length) {
    if (signal != Signal.TRACES) {
      scanner.check(buffer, offset, length);
      return passThrough(signal, Arrays.copyOfRange(buffer, offset, offset + length));
    }
    Batch batch = scanner.scan(buffer, offset, length);
    if (killSwitch().mode() == KillSwitch.Mode.BYPASS) {
      return bypass(batch, Arrays.copyOfRange(buffer, offset, offset + length));
    }
    advance(batch, System.nanoTime());
    door(Signal.TRACES).receive(length);
    return true;
  }

  /** Passed on and counted in one step, so that the books agree whenever they are read. */
  private boolean passThrough(Signal signal, byte[] request) {
    if (!outlet.passOn(signal, request, 1)) {
      return false;
    }
    door(signal).receive(request.length);
    return true;
  }

  private boolean bypass(Batch batch, byte[] request) {
    synchronized (lock) {
      if (!outlet.passOn(Signal.TRACES, request, batch.size())) {
        return false;
      }
      remember(batch);
      sampler.pass(batch);
      door(Signal.TRACES).receive(request.length);
      return true;
    }
  }

  /**
   * The steps. A port has received the request and scanned it; its spans are measured and held at
   * once. When a tick is over, or too much waits, whatever is due goes on: decided, told to other
   * pods, stamped, shipped, paid for.
   */
  private void advance(Batch batch, long now) {
    synchronized (lock) {
      remember(batch);
      if (batch.malformedIds() > 0) {
        outlet.malformed(now);
      }
      if (resting) {
        sampler.wake(now);
        sampler.keepAll(killSwitch().mode() != KillSwitch.Mode.OFF);
      }
      sampler.hold(batch, now);
      if (now - nextTick >= 0 || sampler.isPressed()) {
        sampler.keepAll(killSwitch().mode() != KillSwitch.Mode.OFF);
        sampler.decide(now);
        sampler.tell(now);
        sampler.partByWorth(outlet.isCrowded(Signal.TRACES));
        while (sampler.stamp(settings.batchBytes())) {
          flush(now);
        }
        ship(now);
        idWords.look(sampler.ids());
        resting = sampler.isAtRest();
        nextTick = now + untilNextTick();
        armTimer(now);
        return;
      }
      if (resting && !sampler.isAtRest()) {
        resting = false;
        armTimer(now);
      }
      if (sampler.shippableBytes() >= settings.batchBytes()) {
        ship(now);
      }
    }
  }

  /**
   * While few spans wait, a tick comes as seldom as requests leave: what it decides is shipped with
   * it, as soon as it would have been after many ticks.
   */
  private long untilNextTick() {
    long tick = settings.tick().toNanos();
    if (sampler.waitingSpans() > FEW_SPANS || !sampler.hasOwnTime()) {
      return tick;
    }
    return Math.max(tick, Math.min(settings.batchDelay().toNanos(), SELDOM_NANOS));
  }

  private void armTimer(long now) {
    if (!resting) {
      timer.at(nextTick - now);
    } else if (sampler.passesTime()) {
      timer.at(REST_NANOS);
    } else {
      timer.never();
    }
  }

  private void remember(Batch batch) {
    if (watch != null) {
      watch.received(batch);
    }
    if (queries != null) {
      queries.look(batch);
    }
    SpanRing ring = recorded;
    if (ring != null && batch.size() > 0) {
      ring.record(batch, System.currentTimeMillis());
    }
  }

  /** Notes every decision there; call before the first request. */
  public void explainIn(DecisionLog log) {
    sampler.explainIn(log);
  }

  /** Where a trace is at the moment. */
  public Whereabouts find(long traceIdHigh, long traceIdLow) {
    synchronized (lock) {
      return sampler.find(traceIdHigh, traceIdLow, System.nanoTime());
    }
  }

  /** Service and name of an operation, by its number in the decision log. */
  public OperationMeasures.Labels operation(int id) {
    synchronized (lock) {
      return sampler.operation(id);
    }
  }

  /** Shows all that comes, and what becomes of it, from now on. */
  public void watch(TraceWatch by) {
    synchronized (lock) {
      watch = by;
      sampler.tellFates(by);
    }
  }

  /** Looks for slow statements in all that comes; call before the first request. */
  public void lookAt(SlowQueries slow) {
    queries = slow;
  }

  /** Records what comes from now on. */
  public void record(SpanRing ring) {
    recorded = ring;
  }

  /** The last spans received; null when they are not recorded. */
  public @Nullable SpanRing recorded() {
    return recorded;
  }

  /** Ticks on this loop from now on, while something waits; at rest nothing runs. */
  public void tickOn(ScheduledExecutorService loop) {
    synchronized (lock) {
      timer = new TickTimer.OnLoop(loop, this::tick);
      armTimer(System.nanoTime());
    }
  }

  /** Tells of each request that comes; what it calls must be quick. */
  public void whenMoved(Runnable listener) {
    synchronized (lock) {
      moved.add(listener);
    }
  }

  /** Lets time pass where no request comes. */
  public void tick() {
    if (!draining) {
      advance(NOTHING, System.nanoTime());
    }
  }

  /** Full batches at once, others when their first span has waited for the delay. */
  private void ship(long now) {
    if (sampler.shippableSpans() == 0) {
      shippableSince = now;
    } else if (sampler.shippableBytes() >= settings.batchBytes()
        || now - shippableSince >= settings.batchDelay().toNanos()) {
      flush(now);
    }
  }

  private void flush(long now) {
    for (long spans = sampler.nextSpans(); spans > 0; spans = sampler.nextSpans()) {
      Worth worth = sampler.nextWorth();
      outlet.ship(sampler.ship(), spans, worth);
    }
    shippableSince = now;
  }

  @Override
  public Admission reserve(Signal signal, long bytes) {
    return outlet.refuses(signal) ? new Admission.Overloaded(RETRY_AFTER) : Admission.ACCEPTED;
  }

  @Override
  public void refused(Signal signal, Refusal reason) {
    synchronized (lock) {
      door(signal).refuse(reason);
    }
  }

  private Entrance door(Signal signal) {
    return Objects.requireNonNull(doors.get(signal));
  }

  /** The resource that spans came from lately, or none yet. */
  public @Nullable ResourceContext resource() {
    return sampler.resource();
  }

  /** Another judge, from the next trace on. */
  public void use(Judge judge) {
    synchronized (lock) {
      sampler.use(judge);
    }
  }

  public void killSwitch(KillSwitch killSwitch) {
    this.killSwitch = killSwitch;
  }

  public KillSwitch killSwitch() {
    return killSwitch.at(System.currentTimeMillis());
  }

  /**
   * Decides all that waits and ships it, for at most this long; call when the ports are shut.
   *
   * <p>What waits may be more than the queue holds: it goes as the queue empties, and what is left
   * at the end of the time finds no room and is counted.
   */
  public void drain(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    draining = true;
    long asking = Math.min(atMost.dividedBy(ASKING).toNanos(), ASKING_MAX.toNanos());
    askOthers(System.nanoTime() + asking);
    synchronized (lock) {
      sampler.decideAll(System.nanoTime());
    }
    while (shipSome()) {
      outlet.awaitRoom(Signal.TRACES, end);
    }
    outlet.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  /** Others may keep what waits here; nobody answers once this process is gone. */
  private void askOthers(long end) {
    boolean more = true;
    while (more && System.nanoTime() - end < 0) {
      synchronized (lock) {
        more = sampler.askAll(System.nanoTime());
      }
      LockSupport.parkNanos(more ? LOOK_AGAIN_NANOS : 0);
    }
  }

  /** Spans that were taken and are neither dropped nor delivered yet. */
  public long waitingSpans() {
    synchronized (lock) {
      return sampler.undecidedSpans()
          + sampler.unstampedSpans()
          + sampler.shippableSpans()
          + outlet.queued(Signal.TRACES);
    }
  }

  /** Gives native memory back; call after {@link #drain}, when nothing waits any more. */
  @Override
  public void close() {
    synchronized (lock) {
      codec.close();
    }
  }

  /** One request; says whether there is more. */
  private boolean shipSome() {
    synchronized (lock) {
      boolean more = sampler.stamp(settings.batchBytes());
      flush(System.nanoTime());
      return more;
    }
  }

  /** What was learned, for a file; takes the lock for one piece at a time. */
  public byte[] learned() {
    LearnedState.Writer writer;
    synchronized (lock) {
      writer = sampler.learned(System.currentTimeMillis());
    }
    boolean more = true;
    while (more) {
      synchronized (lock) {
        more = writer.step(System.nanoTime());
      }
      Thread.yield(); // spans go first
    }
    byte[] snapshot = writer.finish();
    remember(snapshot);
    return snapshot;
  }

  /** What a replay of the recording begins with, once what is older than it is forgotten. */
  private void remember(byte[] snapshot) {
    SpanRing ring = recorded;
    if (ring != null) {
      ring.learned(new SpanRing.LearnedBefore(System.currentTimeMillis(), snapshot));
    }
  }

  /** Goes on with what an earlier process had learned; call before the first request. */
  public LearnedState.Restored restore(byte[] saved) {
    LearnedState.Restored restored;
    synchronized (lock) {
      restored = sampler.restore(saved, System.nanoTime(), System.currentTimeMillis());
    }
    if (restored.warning().isPresent()) {
      snapshotIgnored();
    } else {
      remember(saved);
    }
    return restored;
  }

  /** Counts what was learned and could not be read. */
  public void snapshotIgnored() {
    synchronized (lock) {
      snapshotsIgnored++;
    }
  }

  /** Rate, errors and durations by operation, of all that was received. */
  public List<MeasuredOperation> measured() {
    synchronized (lock) {
      return sampler.measured();
    }
  }

  /** What is kept by operation, and what it says of all that was received. */
  public List<KeptOperation> keptOperations() {
    synchronized (lock) {
      return sampler.keptOperations();
    }
  }

  /** What was never kept. */
  public Losses.Summary losses() {
    synchronized (lock) {
      return sampler.losses();
    }
  }

  private long letGo(Signal signal) {
    return signal == Signal.TRACES ? 0 : outlet.unrouted(signal);
  }

  public PipelineStatus status() {
    Map<Signal, PipelineStatus.Offers> signals = new EnumMap<>(Signal.class);
    synchronized (lock) {
      doors.forEach((signal, door) -> signals.put(signal, door.status(letGo(signal))));
      return StatusReader.read(
          startedUnixMillis,
          signals,
          sampler.counts(),
          sampler.unstampedSpans() + sampler.shippableSpans(),
          PipelineStatus.Learned.of(sampler.learnedCounts(), snapshotsIgnored),
          outlet);
    }
  }
}
