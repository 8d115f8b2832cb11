/** Files that survive a restart. */
@NullMarked
package dev.spanthrift.agent.state;

import org.jspecify.annotations.NullMarked;
