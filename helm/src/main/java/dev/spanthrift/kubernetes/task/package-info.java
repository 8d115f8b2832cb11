/** What the cluster's programs do again and again: how often, and how loud. */
@NullMarked
package dev.spanthrift.kubernetes.task;

import org.jspecify.annotations.NullMarked;
