/** A fleet of packaged sidecars, or a simulated one: what of a recording arrives whole. */
@NullMarked
package dev.spanthrift.bench.fleet;

import org.jspecify.annotations.NullMarked;
