/** What-if: the same code over a recording, in virtual time. */
@NullMarked
package dev.spanthrift.sampler.simulation;

import org.jspecify.annotations.NullMarked;
