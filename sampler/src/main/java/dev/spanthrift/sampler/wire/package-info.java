/**
 * OTLP protobuf where it lies: one pass that finds spans, and a writer that puts kept ones back.
 */
@NullMarked
package dev.spanthrift.sampler.wire;

import org.jspecify.annotations.NullMarked;
