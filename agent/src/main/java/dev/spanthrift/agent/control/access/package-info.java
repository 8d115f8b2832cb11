/** Who asks, what the role of who asks may do, and how often. Needs no Spring. */
@NullMarked
package dev.spanthrift.agent.control.access;

import org.jspecify.annotations.NullMarked;
