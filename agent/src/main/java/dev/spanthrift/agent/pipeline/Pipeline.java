package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.LearnedState;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.ResourceContext;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The path of a batch: receive → scan → measure → hold → decide → tell → stamp → ship → account.
 * The steps stand in {@link #advance}.
 *
 * <p>Ports call in on their event loops; requests are scanned side by side, and what comes after
 * runs under one lock, which with one event loop nobody else ever wants. Metrics, logs and profiles
 * go through byte for byte.
 */
public final class Pipeline implements Intake {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);

  private final PipelineSettings settings;
  private final Sampler sampler;
  private final Outlet outlet;
  private final Map<Signal, Entrance> doors = new EnumMap<>(Signal.class);
  private final ThreadLocal<Scanner> scanners;
  private final long startedUnixMillis = System.currentTimeMillis();
  private final IdWords idWords = new IdWords();
  private final Object lock = new Object();

  private volatile @Nullable SpanRing recorded;
  private volatile KillSwitch killSwitch = KillSwitch.OFF;
  private volatile boolean draining;
  private long nextTick = System.nanoTime();
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
    scanners = ThreadLocal.withInitial(() -> new Scanner(settings.spansPerRequestMax()));
    sampler = new Sampler(settings.sampler(), judge, ZstdCodec.orDeflate(), budget);
  }

  @Override
  public void arrived(Signal signal) {
    door(signal).arrive();
  }

  @Override
  public void over(Signal signal) {
    door(signal).end();
  }

  @Override
  public Admission offer(Signal signal, byte[] buffer, int offset, int length) {
    try {
      if (!receive(signal, buffer, offset, length)) {
        refused(signal, Refusal.OVERLOADED);
        return new Admission.Overloaded(RETRY_AFTER);
      }
      return Admission.ACCEPTED;
    } catch (MalformedException | TooManySpansException bad) {
      refused(signal, Refusal.MALFORMED);
      return new Admission.Malformed(String.valueOf(bad.getMessage()));
    }
  }

  /** Whether there was room for it. */
  private boolean receive(Signal signal, byte[] buffer, int offset, int length) {
    Scanner scanner = scanners.get();
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
    synchronized (lock) {
      if (!outlet.passOn(signal, request, 1)) {
        return false;
      }
      door(signal).receive(request.length);
      return true;
    }
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
      sampler.hold(batch, now);
      if (now - nextTick >= 0 || sampler.isPressed()) {
        sampler.keepAll(killSwitch().mode() != KillSwitch.Mode.OFF);
        sampler.decide(now);
        sampler.tell(now);
        while (sampler.stamp(settings.batchBytes())) {
          flush(now);
        }
        ship(now);
        idWords.look(sampler.ids());
        nextTick = now + settings.tick().toNanos();
      } else if (sampler.shippableBytes() >= settings.batchBytes()) {
        ship(now);
      }
    }
  }

  private void remember(Batch batch) {
    SpanRing ring = recorded;
    if (ring != null && batch.size() > 0) {
      ring.record(batch, System.currentTimeMillis());
    }
  }

  /** Records what comes from now on. */
  public void record(SpanRing ring) {
    recorded = ring;
  }

  /** The last spans received; null when they are not recorded. */
  public @Nullable SpanRing recorded() {
    return recorded;
  }

  /** Lets time pass where no request comes; call it at least once a tick. */
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
      outlet.ship(sampler.ship(), spans);
    }
    shippableSince = now;
  }

  @Override
  public Admission reserve(Signal signal, long bytes) {
    return outlet.isFull(signal) ? new Admission.Overloaded(RETRY_AFTER) : Admission.ACCEPTED;
  }

  @Override
  public void refused(Signal signal, Refusal reason) {
    door(signal).refuse(reason);
  }

  private Entrance door(Signal signal) {
    return Objects.requireNonNull(doors.get(signal));
  }

  /** How the budget's money comes in, from the next tick on. */
  public void allowance(Allowance allowance) {
    synchronized (lock) {
      sampler.allowance(allowance);
    }
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
    synchronized (lock) {
      sampler.decideAll(System.nanoTime());
    }
    while (shipSome()) {
      outlet.awaitRoom(Signal.TRACES, end);
    }
    outlet.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
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
    return writer.finish();
  }

  /** Goes on with what an earlier process had learned; call before the first request. */
  public LearnedState.Restored restore(byte[] saved) {
    LearnedState.Restored restored;
    synchronized (lock) {
      restored = sampler.restore(saved, System.nanoTime(), System.currentTimeMillis());
    }
    if (restored.warning().isPresent()) {
      snapshotIgnored();
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

  private long letGo(Signal signal) {
    return signal == Signal.TRACES ? 0 : outlet.unrouted(signal);
  }

  public PipelineStatus status() {
    Map<Signal, PipelineStatus.Door> signals = new EnumMap<>(Signal.class);
    synchronized (lock) {
      doors.forEach((signal, door) -> signals.put(signal, door.status(letGo(signal))));
      return StatusReader.read(
          startedUnixMillis,
          signals,
          sampler.counts(),
          settings.sampler().hold().bytesMax(),
          sampler.unstampedSpans() + sampler.shippableSpans(),
          PipelineStatus.Learned.of(sampler.learnedCounts(), snapshotsIgnored),
          outlet);
    }
  }
}
