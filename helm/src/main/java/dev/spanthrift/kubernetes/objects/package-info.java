/** Sampling policies and budgets as objects of Kubernetes, group {@code spanthrift.dev}. */
@NullMarked
package dev.spanthrift.kubernetes.objects;

import org.jspecify.annotations.NullMarked;
