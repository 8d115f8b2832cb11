/** A fleet of samplers in virtual time, over recorded columns. */
@NullMarked
package dev.spanthrift.bench.simulation;

import org.jspecify.annotations.NullMarked;
