/** Policy and budgets that stand as objects of Kubernetes: the sidecar's end of the stream. */
@NullMarked
package dev.spanthrift.agent.control.source;

import org.jspecify.annotations.NullMarked;
