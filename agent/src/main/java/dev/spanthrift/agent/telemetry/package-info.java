/** The program's own metrics. */
@NullMarked
package dev.spanthrift.agent.telemetry;

import org.jspecify.annotations.NullMarked;
