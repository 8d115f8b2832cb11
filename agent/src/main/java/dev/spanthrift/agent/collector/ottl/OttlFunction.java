package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of conditions.
 *
 * @param parameters in their order
 * @param body what it makes of its arguments, one for each parameter; a {@link Failure} where that
 *     is nothing
 */
record OttlFunction(String name, List<Parameter> parameters, Body body) {
  OttlFunction {
    parameters = List.copyOf(parameters);
  }

  /**
   * One argument's place.
   *
   * @param each the argument is a list, and the kind is that of its items
   * @param written what it must be where it is written out: a question after a type takes anything,
   *     but nothing whose answer is known to be no
   */
  record Parameter(String name, OttlKind kind, boolean optional, boolean each, OttlKind written) {}

  @FunctionalInterface
  interface Body {
    @Nullable Object of(@Nullable Object[] arguments);
  }

  static OttlFunction of(String name, Body body, Parameter... parameters) {
    return new OttlFunction(name, List.of(parameters), body);
  }

  static Parameter needs(String name, OttlKind kind) {
    return new Parameter(name, kind, false, false, kind);
  }

  static Parameter may(String name, OttlKind kind) {
    return new Parameter(name, kind, true, false, kind);
  }

  static Parameter needsEach(String name, OttlKind kind) {
    return new Parameter(name, kind, false, true, kind);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OttlFunction function && function.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
