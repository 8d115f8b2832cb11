/** The nine steps, joined: receive, scan, measure, hold, decide, tell, stamp, ship, account. */
@NullMarked
package dev.spanthrift.agent.pipeline;

import org.jspecify.annotations.NullMarked;
