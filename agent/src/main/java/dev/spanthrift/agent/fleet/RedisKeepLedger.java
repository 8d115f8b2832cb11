package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keep ledger of a fleet: one exchange a second, all of it pipelined; none where there is
 * nothing to say.
 *
 * <p>The data path only hands batches over and takes them back; one thread of the fleet's does the
 * rest. What the engine does not answer in time is asked once more; then the pod's own part
 * answers.
 */
final class RedisKeepLedger implements KeepLedger {
  private static final Logger log = LoggerFactory.getLogger(RedisKeepLedger.class);

  private static final long LOOK_AGAIN_NANOS = 1_000_000;

  private final FleetParts parts;
  private final Breaker breaker = new Breaker();
  private @Nullable Exchange pending; // of the data path
  private final SumsTiming timing = new SumsTiming(ThreadLocalRandom.current().nextDouble());
  private long aloneSince = Long.MAX_VALUE; // by the data path's clock
  private volatile boolean away;
  private boolean saidAway;
  private volatile boolean leaving;

  RedisKeepLedger(FleetParts parts) {
    this.parts = parts;
  }

  @Override
  public boolean isSolo() {
    return false;
  }

  @Override
  public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
    Exchange exchange = new Exchange(batch, answered, nowNanos);
    pending = exchange;
    parts.thread().execute(Guarded.task("fleet exchange", () -> send(exchange)));
  }

  @Override
  public void poll(long nowNanos) {
    Exchange exchange = pending;
    if (exchange != null && exchange.done) {
      pending = null;
      exchange.answered.accept(exchange.batch);
    }
  }

  /** Tells what was counted since the last exchange, and waits for the answer as long as usual. */
  void leave() {
    leaving = true;
    LedgerBatch nothing = new LedgerBatch();
    nothing.inflow(0, Double.MAX_VALUE);
    Exchange last = new Exchange(nothing, unused -> {}, System.nanoTime());
    parts.thread().execute(Guarded.task("last fleet exchange", () -> send(last)));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * parts.timeoutMillis());
    while (!last.done && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private double level() {
    return away ? parts.totals().levelAlone(parts.sums().pods()) : parts.totals().level();
  }

  /** Whether the engine does not answer at the moment. */
  boolean isAway() {
    return away;
  }

  /** Of the engine's clock, as it was told last. */
  long generation() {
    return timing.generation();
  }

  long awaySinceNanos() {
    return breaker.awaySinceNanos();
  }

  private void send(Exchange exchange) {
    try {
      LedgerBatch batch = exchange.batch;
      parts.own().note(batch, exchange.beganNanos);
      parts.totals().inflow(batch.inflow() * safeShare(exchange.beganNanos));
      parts.totals().atMost(batch.levelMax());
      Link link = parts.engine().link();
      if (link == null || !breaker.lets(System.nanoTime())) {
        alone(exchange);
        return;
      }
      LedgerRound round =
          new LedgerRound(
              parts,
              timing,
              () -> !breaker.isOpen(),
              exchange,
              link,
              done -> ended(done, exchange, link));
      if (!round.begin(away || leaving)) {
        finish(exchange);
      }
    } catch (RuntimeException | Error e) {
      alone(exchange);
      throw e;
    }
  }

  private void ended(LedgerRound round, Exchange exchange, Link link) {
    if (round.isAnswered()) {
      parts.wholeness().told(exchange.batch, exchange.beganNanos);
      breaker.succeeded();
      say(false, "");
    } else {
      breaker.failed(System.nanoTime());
      say(true, parts.watch().lastTrouble());
      if (round.wantsNewConnection()) {
        parts.engine().renew(link);
      }
    }
    finish(exchange);
  }

  private double safeShare(long now) {
    aloneSince = away ? Math.min(aloneSince, now) : Long.MAX_VALUE;
    return away ? parts.sums().safeShare((now - aloneSince) / 1e9) : 1;
  }

  /** The pod's own part answers all of it. */
  private void alone(Exchange exchange) {
    LedgerBatch batch = exchange.batch;
    long now = exchange.beganNanos;
    breaker.passedOver(System.nanoTime());
    say(true, parts.watch().lastTrouble());
    parts.own().failed(batch, now);
    parts.totals().founded(false);
    parts.totals().level(-parts.own().answer(batch, now));
    parts.watch().alone(batch.asks().size());
    finish(exchange);
  }

  private void finish(Exchange exchange) {
    exchange.batch.answerLevel(level());
    exchange.done = true;
  }

  /** Without a connection whoever tries to make one says so, and when there is one. */
  private void say(boolean isAway, String why) {
    away = isAway;
    if (isAway && !saidAway && parts.engine().link() != null) {
      log.warn("fleet: the engine is away, this sidecar decides alone: {}", why);
      saidAway = true;
    } else if (!isAway && saidAway) {
      log.info("fleet: the engine is back");
      saidAway = false;
    }
  }
}
