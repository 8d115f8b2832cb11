/**
 * What OTTL computes with: values, their kinds and texts as Go has them, and a span read for them.
 */
@NullMarked
package dev.spanthrift.agent.collector.ottl.value;

import org.jspecify.annotations.NullMarked;
