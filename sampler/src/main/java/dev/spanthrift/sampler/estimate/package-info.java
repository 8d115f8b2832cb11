/** How well kept spans estimate what came: error bars by operation. */
@NullMarked
package dev.spanthrift.sampler.estimate;

import org.jspecify.annotations.NullMarked;
