/** The verbs of the cluster's programs. */
@NullMarked
package dev.spanthrift.kubernetes.command;

import org.jspecify.annotations.NullMarked;
