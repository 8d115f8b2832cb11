package dev.spanthrift.agent.collector.ottl;

import org.jspecify.annotations.Nullable;

/** What a value of a condition is for one span; a {@link OttlValues.Failure} where it has none. */
@FunctionalInterface
interface OttlGetter {
  @Nullable Object get(SpanView view);
}
