/** Who changed what, when and why, in a file whose lines hang together. */
@NullMarked
package dev.spanthrift.agent.control.audit;

import org.jspecify.annotations.NullMarked;
