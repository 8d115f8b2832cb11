/** One stream to each sidecar: who it is, what it is to run, how it goes. */
@NullMarked
package dev.spanthrift.kubernetes.stream;

import org.jspecify.annotations.NullMarked;
