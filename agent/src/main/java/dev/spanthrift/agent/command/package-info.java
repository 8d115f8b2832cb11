/** The verbs of the command line. */
@NullMarked
package dev.spanthrift.agent.command;

import org.jspecify.annotations.NullMarked;
