/** Price lists as data: one flat list of the parts that vendors build prices of. */
@NullMarked
package dev.spanthrift.sampler.budget.price.model;

import org.jspecify.annotations.NullMarked;
