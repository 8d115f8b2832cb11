/** What is kept for a while beyond the policies, up to a cap in money. */
@NullMarked
package dev.spanthrift.agent.control.boost;

import org.jspecify.annotations.NullMarked;
