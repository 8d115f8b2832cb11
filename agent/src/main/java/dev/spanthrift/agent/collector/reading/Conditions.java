package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions that foreign rules need again and again. */
public final class Conditions {
  /** True of no fragment. */
  public static final Condition NEVER = new Condition.Not(Condition.ALWAYS);

  private Conditions() {}

  public static Condition any(List<Condition> conditions) {
    return conditions.size() == 1 ? conditions.getFirst() : new Condition.Any(conditions);
  }

  public static Condition all(List<Condition> conditions) {
    return conditions.size() == 1 ? conditions.getFirst() : new Condition.All(conditions);
  }

  public static Condition not(Condition condition) {
    return condition instanceof Condition.Not not ? not.condition() : new Condition.Not(condition);
  }

  /** Bounds included; null for none. */
  public static ValueTest between(@Nullable Long from, @Nullable Long to) {
    return new ValueTest.Range(
        from == null ? null : BigDecimal.valueOf(from),
        from != null,
        to == null ? null : BigDecimal.valueOf(to),
        to != null);
  }
}
