package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Boosts first, then the judge that they stand before.
 *
 * <p>A boost keeps for certain, like a policy that keeps: what exceeds the policies' share of the
 * money goes to the budget, and then the boost does not pay. Its facts lie behind those of the
 * other judge.
 */
public final class BoostedJudge implements Judge {
  private final Judge others;
  private final List<Boost> boosts;
  private final List<Questions.Answer> answers;
  private final Observer observer;
  private final PriceOf price;
  private final LongSupplier unixMillis;
  private final int words;
  private @Nullable Boost last; // that decided, until the next fragment
  private long lastPrice;

  /**
   * Stands before another judge.
   *
   * @throws IllegalArgumentException if both together need more facts than a fragment has; see
   *     {@link #fits}
   */
  public BoostedJudge(Judge others, List<Boost> boosts, PriceOf price, LongSupplier unixMillis) {
    this.others = others;
    this.boosts = List.copyOf(boosts);
    this.price = price;
    this.unixMillis = unixMillis;
    Questions questions = new Questions();
    answers = this.boosts.stream().map(boost -> questions.ask(boost.match())).toList();
    words = others.factWords() + questions.factWords();
    if (words > FACT_WORDS) {
      throw new IllegalArgumentException("no room for the questions of the boosts");
    }
    observer = questions.observer();
  }

  /** Whether there is room for the questions of these before that judge. */
  public static boolean fits(Judge others, List<Boost> boosts) {
    Questions questions = new Questions();
    boosts.forEach(boost -> questions.ask(boost.match()));
    return others.factWords() + questions.factWords() <= FACT_WORDS;
  }

  @Override
  public long version() {
    return others.version();
  }

  @Override
  public int factWords() {
    return words;
  }

  @Override
  public void begin(Batch batch) {
    others.begin(batch);
    observer.begin(batch);
  }

  @Override
  public void observe(Batch batch, int row, long[] facts, int offset) {
    others.observe(batch, row, facts, offset);
    observer.observe(row, facts, offset + others.factWords());
  }

  @Override
  public void judge(Fragment fragment, long[] facts, int offset, long now, Verdict verdict) {
    last = null;
    for (int i = 0; i < boosts.size(); i++) {
      Boost boost = boosts.get(i);
      if (answers.get(i).test(fragment, facts, offset + others.factWords())
          && boost.isOpen(unixMillis.getAsLong())
          && pays(boost, fragment)) {
        verdict.keep(boost.reason());
        return;
      }
    }
    others.judge(fragment, facts, offset, now, verdict);
  }

  private boolean pays(Boost boost, Fragment fragment) {
    lastPrice = price.price(fragment.bytes(), fragment.size());
    boolean paid = boost.charge(lastPrice, fragment.size());
    last = paid ? boost : null;
    return paid;
  }

  @Override
  public void overShare(Fragment fragment) {
    if (last == null) {
      others.overShare(fragment);
    } else {
      last.refund(lastPrice, fragment.size());
    }
  }

  @Override
  public boolean judgesSpan(Batch batch, int row, Verdict verdict) {
    return others.judgesSpan(batch, row, verdict);
  }

  @Override
  public boolean judgesWhenFull() {
    return others.judgesWhenFull();
  }

  @Override
  public boolean judgesLateErrors() {
    return others.judgesLateErrors();
  }

  @Override
  public void tick(long now) {
    others.tick(now);
  }
}
