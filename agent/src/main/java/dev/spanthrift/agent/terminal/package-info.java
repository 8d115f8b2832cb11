/** What a terminal can do, and lines that are drawn again and again on one. */
@NullMarked
package dev.spanthrift.agent.terminal;

import org.jspecify.annotations.NullMarked;
