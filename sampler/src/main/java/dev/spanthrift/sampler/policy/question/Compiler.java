package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns conditions into expressions over fact bits. Equal questions share a bit, whichever policies
 * ask them.
 */
public final class Compiler {
  /** Fact bits of one policy set: 4 longs a fragment. */
  public static final int BITS_MAX = 256;

  /** A condition of one span and, for {@link Condition.SameSpan}, its expression over that span. */
  record SameSpan(int bit, Expression expression) {}

  private static final Condition STATUS_ERROR = Condition.Status.of(SpanStatus.ERROR);

  private final Map<Condition, Integer> bits = new LinkedHashMap<>();
  private final List<SameSpan> sameSpans = new ArrayList<>();

  /** Compiles a policy's condition. */
  public Expression compile(Condition condition) {
    return switch (condition) {
      case Condition.All all -> Expression.all(compileAll(all.conditions()));
      case Condition.Any any -> Expression.any(compileAll(any.conditions()));
      case Condition.Not not -> Expression.not(compile(not.condition()));
      case Condition.SameSpan same -> Expression.bit(sameSpan(same));
      case Condition.OfTrace ofTrace -> Expression.ofTrace(ofTrace);
      case Condition.OfSpan ofSpan ->
          // The fragment knows it already: costs nothing for each span.
          ofSpan.equals(STATUS_ERROR)
              ? Expression.ofTrace(new Condition.HasError())
              : Expression.bit(bit(ofSpan));
    };
  }

  private Expression[] compileAll(List<Condition> conditions) {
    return conditions.stream().map(this::compile).toArray(Expression[]::new);
  }

  private int sameSpan(Condition.SameSpan same) {
    Integer known = bits.get(same);
    if (known != null) {
      return known;
    }
    Expression expression = compileOneSpan(new Condition.All(same.conditions()));
    int bit = bit(same);
    sameSpans.add(new SameSpan(bit, expression));
    return bit;
  }

  private Expression compileOneSpan(Condition condition) {
    return switch (condition) {
      case Condition.All all -> Expression.all(compileAllOneSpan(all.conditions()));
      case Condition.Any any -> Expression.any(compileAllOneSpan(any.conditions()));
      case Condition.Not not -> Expression.not(compileOneSpan(not.condition()));
      case Condition.OfSpan ofSpan -> Expression.bit(bit(ofSpan));
      case Condition.SameSpan same -> compileOneSpan(new Condition.All(same.conditions()));
      case Condition.OfTrace trace ->
          throw new IllegalStateException("validated before: " + trace + " inside sameSpan");
    };
  }

  private Expression[] compileAllOneSpan(List<Condition> conditions) {
    return conditions.stream().map(this::compileOneSpan).toArray(Expression[]::new);
  }

  private int bit(Condition condition) {
    return bits.computeIfAbsent(condition, c -> bits.size());
  }

  /** Longs that the answers of one fragment take. */
  public int words() {
    return (bitCount() + 63) >> 6;
  }

  public int bitCount() {
    return bits.size();
  }

  /** The questions about spans, each with its bit. */
  Map<Condition, Integer> bits() {
    return bits;
  }

  List<SameSpan> sameSpans() {
    return sameSpans;
  }

  /** How many bits a list of conditions needs. */
  public static int bitCount(Iterable<Condition> conditions) {
    Compiler compiler = new Compiler();
    conditions.forEach(compiler::compile);
    return compiler.bitCount();
  }
}
