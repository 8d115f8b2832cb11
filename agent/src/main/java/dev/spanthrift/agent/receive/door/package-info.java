/** The way of a request's bytes to the intake, the same for every protocol. */
@NullMarked
package dev.spanthrift.agent.receive.door;

import org.jspecify.annotations.NullMarked;
