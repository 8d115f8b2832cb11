/** Rules worth a thought: to add, keep, remove or update, with their effect by the recording. */
@NullMarked
package dev.spanthrift.agent.control.recommendation;

import org.jspecify.annotations.NullMarked;
