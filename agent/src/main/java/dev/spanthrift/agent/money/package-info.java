/**
 * Money with files and clocks: price models from YAML, budgets from settings, the books on disk.
 */
@NullMarked
package dev.spanthrift.agent.money;

import org.jspecify.annotations.NullMarked;
