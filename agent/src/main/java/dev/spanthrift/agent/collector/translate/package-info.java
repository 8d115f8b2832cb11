/** Other systems' rules as the nearest policies of ours. */
@NullMarked
package dev.spanthrift.agent.collector.translate;

import org.jspecify.annotations.NullMarked;
