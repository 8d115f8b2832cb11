/** Fragments of traces that wait, and the memory of what was decided. */
@NullMarked
package dev.spanthrift.sampler.trace;

import org.jspecify.annotations.NullMarked;
