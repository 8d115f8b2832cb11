/** The cluster's programs: they know the Kubernetes API, the sidecar never does. */
@NullMarked
package dev.spanthrift.kubernetes;

import org.jspecify.annotations.NullMarked;
