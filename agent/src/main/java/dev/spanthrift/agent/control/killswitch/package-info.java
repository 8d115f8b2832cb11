/** REST of the kill switch. */
@NullMarked
package dev.spanthrift.agent.control.killswitch;

import org.jspecify.annotations.NullMarked;
