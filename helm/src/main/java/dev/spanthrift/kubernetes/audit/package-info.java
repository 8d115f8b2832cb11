/** Pods that should have a sidecar and do not, and why: by metric, by Event, and as an answer. */
@NullMarked
package dev.spanthrift.kubernetes.audit;

import org.jspecify.annotations.NullMarked;
