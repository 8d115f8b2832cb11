/** Price models: what usage costs, exactly, and what one more span costs at the margin. */
@NullMarked
package dev.spanthrift.sampler.budget.price;

import org.jspecify.annotations.NullMarked;
