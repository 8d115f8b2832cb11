/** What-if: other policies and budgets over traffic that was recorded. */
@NullMarked
package dev.spanthrift.agent.simulation;

import org.jspecify.annotations.NullMarked;
