package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keep ledger of a fleet: one exchange a second, all of it pipelined.
 *
 * <p>The data path only hands batches over and takes them back; one thread of the fleet's does the
 * rest. What the engine does not answer in time is asked once more; then the pod's own part
 * answers.
 */
final class RedisKeepLedger implements KeepLedger {
  private static final Logger log = LoggerFactory.getLogger(RedisKeepLedger.class);

  private static final long LOOK_AGAIN_NANOS = 1_000_000;

  private final FleetKeys keys;
  private final long timeoutMillis;
  private final Engine engine;
  private final Executor thread;
  private final OwnKeeps own;
  private final Totals totals;
  private final RedisFleetSums sums;
  private final Supplier<FleetDoor.Self> self;
  private final String pod;
  private final EngineWatch watch;
  private final EngineBooks books;
  private final WholenessWatch wholeness;
  private final Disagreement disagreement;
  private final EdgeBooks edges;
  private final Breaker breaker = new Breaker();
  private @Nullable Exchange pending; // of the data path
  private volatile long reportedIn = -1; // the engine's generation that has this pod's report
  private long reportedNanos;
  private long aloneSince = Long.MAX_VALUE; // by the data path's clock
  private volatile boolean away;

  RedisKeepLedger(
      FleetKeys keys,
      long timeoutMillis,
      Engine engine,
      Executor thread,
      OwnKeeps own,
      Totals totals,
      RedisFleetSums sums,
      String pod,
      Supplier<FleetDoor.Self> self,
      EngineWatch watch,
      EngineBooks books,
      WholenessWatch wholeness,
      Disagreement disagreement,
      EdgeBooks edges) {
    this.keys = keys;
    this.timeoutMillis = timeoutMillis;
    this.engine = engine;
    this.thread = thread;
    this.own = own;
    this.totals = totals;
    this.sums = sums;
    this.pod = pod;
    this.self = self;
    this.watch = watch;
    this.books = books;
    this.wholeness = wholeness;
    this.disagreement = disagreement;
    this.edges = edges;
  }

  @Override
  public boolean isSolo() {
    return false;
  }

  @Override
  public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
    Exchange exchange = new Exchange(batch, answered, nowNanos);
    pending = exchange;
    thread.execute(Guarded.task("fleet exchange", () -> send(exchange)));
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
    LedgerBatch nothing = new LedgerBatch();
    nothing.inflow(0, Double.MAX_VALUE);
    Exchange last = new Exchange(nothing, unused -> {}, System.nanoTime());
    thread.execute(Guarded.task("last fleet exchange", () -> send(last)));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * timeoutMillis);
    while (!last.done && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private double level() {
    return away ? totals.levelAlone(sums.pods()) : totals.level();
  }

  /** Whether the engine does not answer at the moment. */
  boolean isAway() {
    return away;
  }

  /** Of the engine's clock, as it was told last. */
  long generation() {
    return reportedIn;
  }

  long awaySinceNanos() {
    return breaker.awaySinceNanos();
  }

  private void send(Exchange exchange) {
    try {
      LedgerBatch batch = exchange.batch;
      own.note(batch, exchange.beganNanos);
      totals.level(batch.inflow() * safeShare(exchange.beganNanos));
      totals.atMost(batch.levelMax());
      Link link = engine.link();
      if (link == null || !breaker.lets(System.nanoTime())) {
        alone(exchange);
        return;
      }
      Round round = new Round(exchange, link);
      round.begin();
    } catch (RuntimeException | Error e) {
      alone(exchange);
      throw e;
    }
  }

  private double safeShare(long now) {
    aloneSince = away ? Math.min(aloneSince, now) : Long.MAX_VALUE;
    return away ? sums.safeShare((now - aloneSince) / 1e9) : 1;
  }

  /** The pod's own part answers all of it. */
  private void alone(Exchange exchange) {
    LedgerBatch batch = exchange.batch;
    long now = exchange.beganNanos;
    breaker.passedOver(System.nanoTime());
    say(true, engine.link() == null ? engine.lastError() : watch.lastTrouble());
    own.failed(batch, now);
    totals.level(-own.answer(batch, now));
    watch.alone(batch.asks().size());
    finish(exchange);
  }

  private void finish(Exchange exchange) {
    exchange.batch.answerLevel(level());
    exchange.done = true;
  }

  private void say(boolean isAway, String why) {
    if (away != isAway) {
      away = isAway;
      if (isAway) {
        log.warn("fleet: the engine is away, this sidecar decides alone: {}", why);
      } else {
        log.info("fleet: the engine is back");
      }
    }
  }

  /** The calls of one exchange; all methods on the fleet's thread. */
  private final class Round {
    private final Exchange exchange;
    private final Link link;
    private final TraceCalls calls;
    private final TraceCall.Sums found = new TraceCall.Sums();
    private final LedgerBatch again;
    private int open;
    private int failures;
    private int answeredAlone;
    private @Nullable Trouble trouble;

    Round(Exchange exchange, Link link) {
      this.exchange = exchange;
      this.link = link;
      calls = keys.calls(link.isCluster());
      again = own.again(exchange.beganNanos);
      calls.add(again).add(exchange.batch).look(wholeness.due(exchange.beganNanos));
    }

    void begin() {
      books.exchange(link, timeoutMillis);
      edges.exchange(link, exchange.beganNanos, timeoutMillis);
      List<TraceCall> all = calls.calls();
      open = all.size() + 1;
      askSums();
      all.forEach(call -> ask(call, true));
    }

    private void askSums() {
      byte[][] numbers = totals.send();
      long now = System.nanoTime();
      boolean due = reportedIn < 0 || now - reportedNanos >= FleetKeys.GENERATION_NANOS / 5;
      FleetDoor.Self me = due ? self.get() : FleetDoor.Self.UNKNOWN;
      byte[] report = due ? sums.report(me.configuration()) : new byte[0];
      byte[][] arguments = {
        keys.pod(),
        numbers[0],
        numbers[1],
        numbers[2],
        FleetKeys.ascii(Double.toString(Math.max(1, exchange.batch.levelMax()))),
        due ? FleetMembers.pack(pod, me) : new byte[0],
        report
      };
      run(Script.SUMS, keys.sums(), arguments)
          .whenCompleteAsync((answer, e) -> guarded(() -> tookSums(answer, e)), thread);
    }

    private void tookSums(byte @Nullable [] answer, @Nullable Throwable e) {
      if (e != null || answer == null) {
        failed(e);
      } else {
        ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        long generation = in.getInt() & 0xffffffffL;
        boolean whole = in.get() != 0;
        totals.take(in);
        if (in.hasRemaining()) {
          sums.take(in.slice(), whole);
          reportedIn = generation;
          reportedNanos = System.nanoTime();
          disagreement.look(link, sums.isDivided(), generation);
        }
      }
      close();
    }

    private void ask(TraceCall call, boolean first) {
      byte[][] arguments = {keys.lifeMillis(), call.encode()};
      run(Script.TRACES, calls.keys(call), arguments)
          .whenCompleteAsync((answer, e) -> guarded(() -> took(call, first, answer, e)), thread);
    }

    private CompletableFuture<byte[]> run(Script script, byte[][] named, byte[][] arguments) {
      long bytes = 0;
      for (byte[] key : named) {
        bytes += key.length;
      }
      for (byte[] argument : arguments) {
        bytes += argument.length;
      }
      watch.call(bytes);
      return link.run(script, named, arguments, timeoutMillis);
    }

    private void took(
        TraceCall call, boolean first, byte @Nullable [] answer, @Nullable Throwable e) {
      if (e == null && answer != null) {
        watch.received(answer.length);
        call.decode(answer, found);
      } else if (first && !breaker.isOpen() && mayRepeat(e)) {
        TraceCall repeated = call.again();
        if (!repeated.traces().isEmpty()) {
          ask(repeated, false);
          return;
        }
      } else {
        failed(e);
        own.failed(call, exchange.beganNanos);
        found.spent += own.answer(call, exchange.beganNanos);
        answeredAlone += countAsks(call);
      }
      close();
    }

    private boolean mayRepeat(@Nullable Throwable e) {
      return e != null && Trouble.of(e) == Trouble.TIMEOUT;
    }

    private void failed(@Nullable Throwable e) {
      failures++;
      Throwable thrown = e == null ? new IllegalStateException("no answer") : e;
      trouble = Trouble.of(thrown);
      watch.trouble(trouble, trouble.words() + ": " + Engine.deepest(thrown));
    }

    private void guarded(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException e) { // an answer that cannot be read
        failed(e);
        close();
      }
    }

    private void close() {
      if (--open > 0) {
        return;
      }
      totals.level(found.freed - found.spent - found.reserved);
      wholeness.found(found.looked, found.joined);
      if (failures == 0) {
        wholeness.told(exchange.batch, exchange.beganNanos);
        breaker.succeeded();
        say(false, "");
      } else {
        breaker.failed(System.nanoTime());
        say(true, watch.lastTrouble());
        if (trouble != null && trouble.wantsNewConnection()) {
          engine.renew(link);
        }
      }
      LedgerBatch batch = exchange.batch;
      watch.exchange(
          System.nanoTime() - exchange.beganNanos,
          batch.tells().size() + again.tells().size(),
          batch.asks().size(),
          answeredAlone);
      finish(exchange);
    }
  }

  private static int countAsks(TraceCall call) {
    int asks = 0;
    for (TraceCall.Trace trace : call.traces()) {
      for (TraceCall.Question question : trace.questions) {
        asks += question.kind() == TraceCall.Kind.ASK ? 1 : 0;
      }
    }
    return asks;
  }
}
