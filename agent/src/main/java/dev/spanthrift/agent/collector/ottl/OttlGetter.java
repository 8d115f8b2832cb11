package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlValues;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import org.jspecify.annotations.Nullable;

/** What a value of a condition is for one span; a {@link OttlValues.Failure} where it has none. */
@FunctionalInterface
interface OttlGetter {
  @Nullable Object get(SpanView view);
}
