package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.trace.Fragment;
import java.util.concurrent.atomic.LongAdder;

/** The sums behind {@link PolicyCounts}; any thread adds, any thread reads. */
final class PolicyCounter {
  enum Effect {
    KEPT,
    DROPPED,
    LEFT_TO_BUDGET,
    OVER_SHARE,
    MORE,
    LESS
  }

  private static final class Sums {
    final LongAdder traces = new LongAdder();
    final LongAdder spans = new LongAdder();
    final LongAdder bytes = new LongAdder();

    void add(long traceCount, long spanCount, long byteCount) {
      traces.add(traceCount);
      spans.add(spanCount);
      bytes.add(byteCount);
    }

    PolicyCounts.Amount read() {
      return new PolicyCounts.Amount(traces.sum(), spans.sum(), bytes.sum());
    }
  }

  private final Sums kept = new Sums();
  private final Sums dropped = new Sums();
  private final Sums leftToBudget = new Sums();
  private final Sums overShare = new Sums();
  private final Sums more = new Sums();
  private final Sums less = new Sums();

  private Sums sums(Effect effect) {
    return switch (effect) {
      case KEPT -> kept;
      case DROPPED -> dropped;
      case LEFT_TO_BUDGET -> leftToBudget;
      case OVER_SHARE -> overShare;
      case MORE -> more;
      case LESS -> less;
    };
  }

  void add(Effect effect, Fragment fragment) {
    sums(effect).add(1, fragment.size(), fragment.bytes());
  }

  /** Counts what was counted as one thing as another. */
  void move(Effect from, Effect to, Fragment fragment) {
    takeBack(from, fragment);
    add(to, fragment);
  }

  /** Undoes one {@link #add}. */
  void takeBack(Effect effect, Fragment fragment) {
    sums(effect).add(-1, -fragment.size(), -fragment.bytes());
  }

  PolicyCounts read(String name, boolean shadow) {
    PolicyCounts.Amount k = kept.read();
    PolicyCounts.Amount d = dropped.read();
    PolicyCounts.Amount l = leftToBudget.read();
    PolicyCounts.Amount o = overShare.read();
    PolicyCounts.Amount matched = k.plus(d).plus(l).plus(o);
    return new PolicyCounts(name, shadow, matched, k, d, l, o, more.read(), less.read());
  }
}
