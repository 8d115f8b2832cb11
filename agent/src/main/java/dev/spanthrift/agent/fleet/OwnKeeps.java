package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import java.time.Duration;

/**
 * What this pod said of its traces lately: answers when the engine does not, and is told again when
 * it is back. Bounded like the ledger of a lone sidecar.
 */
final class OwnKeeps {
  private static final int AGAIN_MAX = 20_000;
  private static final Duration LEDGERS_OWN = Duration.ofSeconds(50); // it adds 60 s

  private final InProcessKeepLedger own;
  private final long waitNanos;
  private LedgerBatch untold = new LedgerBatch();
  private long untoldSince; // the oldest
  private LedgerBatch repeated = new LedgerBatch();
  private long repeatedSince;
  private long untoldSum;
  private long neverTold;

  OwnKeeps(Duration wait, int bound) {
    Duration beyond = wait.minus(LEDGERS_OWN);
    own = new InProcessKeepLedger(false, beyond.isNegative() ? Duration.ZERO : beyond, bound);
    waitNanos = wait.toNanos();
  }

  /** Notes what a batch says. */
  synchronized void note(LedgerBatch batch, long now) {
    LedgerBatch said = new LedgerBatch();
    for (int i = 0; i < batch.parts().size(); i++) {
      copy(batch.part(i), said.part(batch.parts().high(i), batch.parts().low(i)));
    }
    for (int i = 0; i < batch.tells().size(); i++) {
      copyTell(batch, i, said);
    }
    own.exchange(said, now, unused -> {});
  }

  private static void copy(TraceDigest from, TraceDigest to) {
    to.set(from.path(), from.errors(), from.price(), from.isRooted(), from.weight());
  }

  private static void copyTell(LedgerBatch from, int i, LedgerBatch to) {
    LedgerBatch.Ids ids = from.tells();
    to.tell(ids.high(i), ids.low(i), from.tellProbability(i), from.tellClass(i), 0);
  }

  /** Notes that a batch's keeps could not be told. */
  synchronized void failed(LedgerBatch batch, long now) {
    for (int i = 0; i < batch.tells().size(); i++) {
      failed(batch, i, now);
    }
  }

  /** The same of one call. */
  synchronized void failed(TraceCall call, long now) {
    for (TraceCall.Trace trace : call.traces()) {
      for (TraceCall.Question question : trace.questions) {
        if (question.kind() == TraceCall.Kind.TELL) {
          failed(question.batch(), question.index(), now);
        }
      }
    }
  }

  private void failed(LedgerBatch batch, int i, long now) {
    boolean again = batch == repeated;
    long since = again ? repeatedSince : now;
    untoldSince = untold.tells().size() == 0 ? since : Math.min(untoldSince, since);
    untoldSum += again ? 0 : 1;
    if (untold.tells().size() < AGAIN_MAX) {
      copyTell(batch, i, untold);
    } else {
      neverTold++;
    }
  }

  /** Hands over what is to be told again, without reservations. */
  synchronized LedgerBatch again(long now) {
    repeated = untold;
    repeatedSince = untoldSince;
    untold = new LedgerBatch();
    if (now - repeatedSince > 2 * waitNanos) { // everybody has asked by now
      neverTold += repeated.tells().size();
      repeated.clear();
    }
    return repeated;
  }

  /** Keeps that the engine did not take at the first attempt. */
  synchronized long untold() {
    return untoldSum;
  }

  /** Those of them that were too many, or too old when it was back. */
  synchronized long neverTold() {
    return neverTold;
  }

  /** Answers all questions of a batch from what this pod knows; returns what it spends. */
  synchronized double answer(LedgerBatch batch, long now) {
    double spent = 0;
    for (int i = 0; i < batch.asks().size(); i++) {
      spent += answerAsk(batch, i, now);
    }
    for (int i = 0; i < batch.spends().size(); i++) {
      spent += batch.spendPrice(i);
    }
    for (int i = 0; i < batch.reads().size(); i++) {
      answerRead(batch, i, now);
    }
    return spent;
  }

  /** The same for the questions of one call. */
  synchronized double answer(TraceCall call, long now) {
    double spent = 0;
    for (TraceCall.Trace trace : call.traces()) {
      for (TraceCall.Question question : trace.questions) {
        spent += answer(question.kind(), question.batch(), question.index(), now);
      }
    }
    return spent;
  }

  private double answer(TraceCall.Kind kind, LedgerBatch batch, int i, long now) {
    return switch (kind) {
      case ASK -> answerAsk(batch, i, now);
      case SPEND -> batch.spendPrice(i);
      case READ -> answerRead(batch, i, now);
      case PART, TELL, RELEASE, LOOK -> 0;
    };
  }

  private double answerAsk(LedgerBatch batch, int i, long now) {
    LedgerBatch one = new LedgerBatch();
    one.ask(batch.asks().high(i), batch.asks().low(i), batch.askKept(i), batch.askPrice(i));
    own.exchange(one, now, unused -> {});
    batch.answerAsk(i, one.askTold(0), one.askClass(0), one.askWhole(0), one.askRooted(0));
    return one.askTold(0) > 0 || batch.askKept(i) ? batch.askPrice(i) : 0;
  }

  private double answerRead(LedgerBatch batch, int i, long now) {
    LedgerBatch one = new LedgerBatch();
    one.read(batch.reads().high(i), batch.reads().low(i));
    own.exchange(one, now, unused -> {});
    copy(one.readAnswer(0), batch.answerRead(i).clear());
    return 0;
  }
}
