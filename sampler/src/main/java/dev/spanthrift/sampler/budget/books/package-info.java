/** Money: periods, accounts, pacing, forecast. */
@NullMarked
package dev.spanthrift.sampler.budget.books;

import org.jspecify.annotations.NullMarked;
