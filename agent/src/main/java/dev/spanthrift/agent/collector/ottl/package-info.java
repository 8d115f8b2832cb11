/** OTTL, the Collector's language of conditions. */
@NullMarked
package dev.spanthrift.agent.collector.ottl;

import org.jspecify.annotations.NullMarked;
