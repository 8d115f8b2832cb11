/** Options and surroundings that verbs share. */
@NullMarked
package dev.spanthrift.agent.command.option;

import org.jspecify.annotations.NullMarked;
