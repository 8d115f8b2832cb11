package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of {@code traces.lua}: what it asks of which traces, and where the answers go.
 *
 * <p>Layouts are the script's, little-endian.
 */
final class TraceCall {
  private static final int ANSWER_OF_ASK = 8 + 8 + 1 + 8 + 1;
  private static final int CLASS = 7; // in the flags, above the lowest bit
  private static final int QUESTION_BYTES_MAX = 1 + 16 + 8 + 4 + 1;

  /** The kinds, by the number that the script knows. */
  enum Kind {
    PART(true, 0),
    TELL(false, 4),
    SPEND(true, 8),
    ASK(false, ANSWER_OF_ASK),
    READ(false, 16 + 8 + 4 + 4 + 1 + 1),
    RELEASE(true, 4 + 8),
    LOOK(true, 1);

    /**
     * Whether a second time would count twice, or does not matter: not repeated after a time-out.
     */
    final boolean once;

    final int answerBytes;

    Kind(boolean once, int answerBytes) {
      this.once = once;
      this.answerBytes = answerBytes;
    }
  }

  /** One question of a batch. */
  record Question(Kind kind, LedgerBatch batch, int index) {}

  /** A trace with its questions in the ledger's order. */
  static final class Trace {
    final long high;
    final long low;
    final List<Question> questions = new ArrayList<>(3);

    Trace(long high, long low) {
      this.high = high;
      this.low = low;
    }
  }

  /**
   * What an answer says of money, reserved for and given back by the traces of this call, and of
   * traces that were looked at: kept, and kept somewhere only because they were told.
   */
  static final class Sums {
    int looked;
    int joined;
    double reserved;
    double freed;
    double spent;
  }

  private final List<Trace> traces;

  TraceCall(List<Trace> traces) {
    this.traces = List.copyOf(traces);
  }

  List<Trace> traces() {
    return traces;
  }

  /** The same without what may be said only once. */
  TraceCall again() {
    List<Trace> repeated = new ArrayList<>();
    for (Trace trace : traces) {
      Trace some = new Trace(trace.high, trace.low);
      trace.questions.stream().filter(q -> !q.kind.once).forEach(some.questions::add);
      if (!some.questions.isEmpty()) {
        repeated.add(some);
      }
    }
    return new TraceCall(repeated);
  }

  /** What it says is spent; true whether the engine heard it or not. */
  double spent() {
    double sum = 0;
    for (Trace trace : traces) {
      for (Question question : trace.questions) {
        sum += question.kind == Kind.SPEND ? question.batch.spendPrice(question.index) : 0;
      }
    }
    return sum;
  }

  /** The script's second argument. */
  byte[] encode() {
    int count = traces.stream().mapToInt(trace -> trace.questions.size()).sum();
    ByteBuffer out =
        ByteBuffer.allocate(2 * traces.size() + count * QUESTION_BYTES_MAX)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (Trace trace : traces) {
      out.putShort((short) trace.questions.size());
      for (Question question : trace.questions) {
        out.put((byte) (question.kind.ordinal() + 1));
        put(question, out);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void put(Question question, ByteBuffer out) {
    LedgerBatch batch = question.batch;
    int i = question.index;
    switch (question.kind) {
      case PART -> {
        TraceDigest part = batch.part(i);
        putHash(part.path(), out);
        putHash(part.errors(), out);
        out.putDouble(part.price()).putFloat((float) part.weight());
        out.put((byte) (part.isRooted() ? 1 : 0));
      }
      case TELL ->
          out.putDouble(batch.tellProbability(i))
              .put((byte) batch.tellClass(i).ordinal())
              .putFloat((float) batch.tellReserve(i));
      case SPEND -> out.putDouble(batch.spendPrice(i));
      case ASK -> out.putDouble(batch.askPrice(i)).put((byte) (batch.askKept(i) ? 1 : 0));
      case READ, RELEASE, LOOK -> {}
    }
  }

  /** High half first: the script adds in halves. */
  private static void putHash(long hash, ByteBuffer out) {
    out.putInt((int) (hash >>> 32)).putInt((int) hash);
  }

  private static long hash(ByteBuffer in) {
    return (long) in.getInt() << 32 | (in.getInt() & 0xffffffffL);
  }

  /**
   * Puts the script's answer into the batches.
   *
   * @throws IllegalArgumentException when it is not an answer to this call
   */
  void decode(byte[] answer, Sums sums) {
    int expected = 0;
    for (Trace trace : traces) {
      for (Question question : trace.questions) {
        expected += question.kind.answerBytes;
      }
    }
    if (answer.length != expected) {
      throw new IllegalArgumentException("answer of " + answer.length + " bytes, not " + expected);
    }
    ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    for (Trace trace : traces) {
      for (Question question : trace.questions) {
        take(question, in, sums);
      }
    }
  }

  private static void take(Question question, ByteBuffer in, Sums sums) {
    LedgerBatch batch = question.batch;
    int i = question.index;
    switch (question.kind) {
      case PART -> {}
      case TELL -> sums.reserved += in.getFloat();
      case SPEND -> {
        sums.spent += batch.spendPrice(i);
        sums.freed += in.getDouble();
      }
      case ASK -> takeAsk(batch, i, in, sums);
      case READ -> takeRead(batch, i, in);
      case RELEASE -> {
        sums.freed += in.getFloat();
        batch.answerRelease(i, (long) in.getDouble());
      }
      case LOOK -> {
        int found = in.get();
        sums.looked += found > 0 ? 1 : 0;
        sums.joined += found > 1 ? 1 : 0;
      }
    }
  }

  private static void takeAsk(LedgerBatch batch, int i, ByteBuffer in, Sums sums) {
    double told = in.getDouble();
    double whole = in.getDouble();
    byte flags = in.get();
    double covered = in.getDouble();
    boolean known = in.get() != 0;
    if (told > 0 || batch.askKept(i)) {
      sums.spent += batch.askPrice(i);
      sums.freed += covered;
    }
    if (known) {
      batch.answerAsk(i, told, TraceClass.of(flags >> 1 & CLASS), (long) whole, (flags & 1) != 0);
    } else {
      batch.answerAsk(i, 0, TraceClass.BASE, batch.askPrice(i), false);
    }
  }

  private static void takeRead(LedgerBatch batch, int i, ByteBuffer in) {
    long path = hash(in);
    long errors = hash(in);
    double whole = in.getDouble();
    float weight = in.getFloat();
    float reserved = in.getFloat();
    byte flags = in.get();
    boolean known = in.get() != 0;
    TraceDigest digest = batch.answerRead(i).clear();
    if (known) {
      digest.set(path, errors, (long) whole, (flags & 1) != 0, weight);
      digest.reserved((long) reserved);
    }
  }
}
