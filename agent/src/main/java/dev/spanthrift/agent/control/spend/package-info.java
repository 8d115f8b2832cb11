/** Spending as people read it, and who can tell. */
@NullMarked
package dev.spanthrift.agent.control.spend;

import org.jspecify.annotations.NullMarked;
