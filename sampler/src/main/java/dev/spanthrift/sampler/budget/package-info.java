/** Money: price models, account, allocation, controller. */
@NullMarked
package dev.spanthrift.sampler.budget;

import org.jspecify.annotations.NullMarked;
