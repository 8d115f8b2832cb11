/** Reads a Refinery's rules file. */
@NullMarked
package dev.spanthrift.agent.collector.refinery;

import org.jspecify.annotations.NullMarked;
