/** Recorded traffic: read, made fresh, sent at its own pace. */
@NullMarked
package dev.spanthrift.agent.recording;

import org.jspecify.annotations.NullMarked;
