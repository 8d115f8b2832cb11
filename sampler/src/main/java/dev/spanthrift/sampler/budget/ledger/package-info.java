/** The keep ledger: what one pod keeps, all pods keep. */
@NullMarked
package dev.spanthrift.sampler.budget.ledger;

import org.jspecify.annotations.NullMarked;
