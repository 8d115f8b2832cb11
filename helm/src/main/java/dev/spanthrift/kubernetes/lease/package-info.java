/** Which of several replicas leads, by a Lease; the same for injector and controller. */
@NullMarked
package dev.spanthrift.kubernetes.lease;

import org.jspecify.annotations.NullMarked;
