/** Decides as the OpenTelemetry Collector's sampling processors do. */
@NullMarked
package dev.spanthrift.agent.collector.tail;

import org.jspecify.annotations.NullMarked;
