/** The verb check. */
@NullMarked
package dev.spanthrift.agent.command.check;

import org.jspecify.annotations.NullMarked;
