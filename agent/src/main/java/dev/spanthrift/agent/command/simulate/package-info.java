/** The verb simulate. */
@NullMarked
package dev.spanthrift.agent.command.simulate;

import org.jspecify.annotations.NullMarked;
