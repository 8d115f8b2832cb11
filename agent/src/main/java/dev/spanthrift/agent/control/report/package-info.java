/** What was paid and saved by day and service, and what was lost. */
@NullMarked
package dev.spanthrift.agent.control.report;

import org.jspecify.annotations.NullMarked;
