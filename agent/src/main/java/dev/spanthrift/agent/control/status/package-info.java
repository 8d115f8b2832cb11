/** What the sidecar says of itself: health, status, spend, metrics. */
@NullMarked
package dev.spanthrift.agent.control.status;

import org.jspecify.annotations.NullMarked;
