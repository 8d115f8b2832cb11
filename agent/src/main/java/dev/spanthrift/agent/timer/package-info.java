/** What runs by a timer. */
@NullMarked
package dev.spanthrift.agent.timer;

import org.jspecify.annotations.NullMarked;
