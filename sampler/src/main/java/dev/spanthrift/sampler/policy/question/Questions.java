package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.trace.Fragment;

/**
 * Conditions compiled to fact bits for rules of another form than our policies.
 *
 * <p>First {@link #ask} for all of them, then take an {@link #observer}.
 */
public final class Questions {
  private final Compiler compiler = new Compiler();

  /** The answer to one condition, read from a fragment and its facts. */
  @FunctionalInterface
  public interface Answer {
    boolean test(Fragment fragment, long[] facts, int offset);
  }

  public Answer ask(Condition condition) {
    Expression expression = compiler.compile(condition);
    return (fragment, facts, offset) -> expression.test(facts, offset, fragment);
  }

  /** Longs of facts that each fragment needs. */
  public int factWords() {
    return compiler.words();
  }

  /** An observer that asks all that was asked for so far. */
  public Observer observer() {
    return new Observer(compiler);
  }
}
