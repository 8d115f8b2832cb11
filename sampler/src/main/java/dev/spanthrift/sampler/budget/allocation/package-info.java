/** Choice: which fragments get which probability for the money there is. */
@NullMarked
package dev.spanthrift.sampler.budget.allocation;

import org.jspecify.annotations.NullMarked;
