/** The core: scan, hold, decide, allocate, account. Plain JDK, no server, no clock of its own. */
@NullMarked
package dev.spanthrift.sampler;

import org.jspecify.annotations.NullMarked;
