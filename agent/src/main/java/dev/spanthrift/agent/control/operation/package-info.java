/** Operations: rate, errors, latency and money, all against kept. */
@NullMarked
package dev.spanthrift.agent.control.operation;

import org.jspecify.annotations.NullMarked;
