package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The calls of one exchange, all on the fleet's thread: sent, answered, asked again, added up. */
final class LedgerRound {
  private final FleetParts parts;
  private final SumsTiming timing;
  private final BooleanSupplier mayAskAgain;
  private final Consumer<LedgerRound> ended;
  private final Exchange exchange;
  private final Link link;
  private final TraceCalls calls;
  private final TraceCall.Sums found = new TraceCall.Sums();
  private final LedgerBatch again;
  private int open;
  private int failures;
  private int answeredAlone;
  private @Nullable Trouble trouble;

  /**
   * @param mayAskAgain whether the engine has not failed too often to be asked a second time
   * @param ended called when every call is answered or given up
   */
  LedgerRound(
      FleetParts parts,
      SumsTiming timing,
      BooleanSupplier mayAskAgain,
      Exchange exchange,
      Link link,
      Consumer<LedgerRound> ended) {
    this.parts = parts;
    this.timing = timing;
    this.mayAskAgain = mayAskAgain;
    this.exchange = exchange;
    this.link = link;
    this.ended = ended;
    calls = parts.keys().calls(link.isCluster());
    again = parts.own().again(exchange.beganNanos);
    calls.add(again).add(exchange.batch).look(parts.wholeness().due(exchange.beganNanos));
  }

  /**
   * Sends all calls; answers whether there was anything to say.
   *
   * @param sumsAnyway whether the sums are asked though nothing has moved
   */
  boolean begin(boolean sumsAnyway) {
    parts.books().exchange(link, parts.timeoutMillis());
    parts.edges().exchange(link, exchange.beganNanos, parts.timeoutMillis());
    List<TraceCall> all = calls.calls();
    boolean reports = timing.isReportDue(System.nanoTime());
    boolean asksSums = reports || sumsAnyway || parts.totals().isSumDue(parts.sums().pods());
    open = all.size() + (asksSums ? 1 : 0);
    if (asksSums) {
      askSums(reports);
    }
    all.forEach(call -> ask(call, true));
    return open > 0;
  }

  private void askSums(boolean reports) {
    byte[][] numbers = parts.totals().send();
    FleetDoor.Self me = reports ? parts.self().get() : FleetDoor.Self.UNKNOWN;
    byte[] report = reports ? parts.sums().report(me.configuration()) : new byte[0];
    byte[][] arguments = {
      parts.keys().pod(),
      numbers[0],
      numbers[1],
      numbers[2],
      FleetKeys.ascii(Double.toString(parts.sums().levelMax(exchange.batch.levelMax()))),
      reports ? FleetMembers.pack(parts.pod(), me) : new byte[0],
      report
    };
    run(Script.SUMS, parts.keys().sums(), arguments)
        .whenCompleteAsync((answer, e) -> guarded(() -> tookSums(answer, e)), parts.thread());
  }

  private void tookSums(byte @Nullable [] answer, @Nullable Throwable e) {
    if (e != null || answer == null) {
      failed(e);
    } else {
      ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
      double engineSeconds = in.getDouble();
      boolean whole = in.get() != 0;
      parts.totals().take(in);
      if (in.hasRemaining()) {
        parts.totals().founded(whole);
        parts.sums().take(in.slice(), whole, timing.isInSumsOf(engineSeconds));
        timing.reported(engineSeconds, System.nanoTime());
        parts.disagreement().look(link, parts.sums().isDivided(), timing.generation());
      }
    }
    close();
  }

  private void ask(TraceCall call, boolean first) {
    byte[][] arguments = {parts.keys().lifeMillis(), call.encode()};
    run(Script.TRACES, calls.keys(call), arguments)
        .whenCompleteAsync(
            (answer, e) -> guarded(() -> took(call, first, answer, e)), parts.thread());
  }

  private CompletableFuture<byte[]> run(Script script, byte[][] named, byte[][] arguments) {
    long bytes = 0;
    for (byte[] key : named) {
      bytes += key.length;
    }
    for (byte[] argument : arguments) {
      bytes += argument.length;
    }
    parts.watch().call(bytes);
    return link.run(script, named, arguments, parts.timeoutMillis());
  }

  private void took(
      TraceCall call, boolean first, byte @Nullable [] answer, @Nullable Throwable e) {
    if (e == null && answer != null) {
      parts.watch().received(answer.length);
      call.decode(answer, found);
    } else if (first && mayAskAgain.getAsBoolean() && mayRepeat(e)) {
      found.spent += call.spent(); // is said only once, and no answer will count it
      TraceCall repeated = call.again();
      if (!repeated.traces().isEmpty()) {
        ask(repeated, false);
        return;
      }
      failed(e);
    } else {
      failed(e);
      parts.own().failed(call, exchange.beganNanos);
      found.spent += parts.own().answer(call, exchange.beganNanos);
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
    parts.watch().trouble(trouble, trouble.words() + ": " + Engine.deepest(thrown));
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
    parts.totals().level(found.freed - found.spent - found.reserved);
    parts.wholeness().found(found.looked, found.joined);
    LedgerBatch batch = exchange.batch;
    parts
        .watch()
        .exchange(
            System.nanoTime() - exchange.beganNanos,
            batch.tells().size() + again.tells().size(),
            batch.asks().size(),
            answeredAlone);
    ended.accept(this);
  }

  /** Whether the engine answered all of it. */
  boolean isAnswered() {
    return failures == 0;
  }

  /** Whether another connection may do better. */
  boolean wantsNewConnection() {
    return trouble != null && trouble.wantsNewConnection();
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
