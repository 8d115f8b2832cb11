/**
 * The admin port below Spring: who may connect, what is read, and what is answered without it.
 *
 * <p>One event loop of its own, heap buffers of its own, a bound on everything: whatever happens
 * here, ports and exporter go on; whatever happens there, health is answered here.
 */
@NullMarked
package dev.spanthrift.agent.control.front;

import org.jspecify.annotations.NullMarked;
