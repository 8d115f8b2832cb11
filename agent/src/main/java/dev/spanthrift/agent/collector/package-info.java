/** Configurations of other programs: run as they are, or turned into ours. */
@NullMarked
package dev.spanthrift.agent.collector;

import org.jspecify.annotations.NullMarked;
