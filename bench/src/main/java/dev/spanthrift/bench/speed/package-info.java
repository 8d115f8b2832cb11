/** Speed and footprint of a running OTLP server, side by side with others. */
@NullMarked
package dev.spanthrift.bench.speed;

import org.jspecify.annotations.NullMarked;
