/** The port for people, kubelet and Prometheus that both programs have, and their metrics. */
@NullMarked
package dev.spanthrift.kubernetes.admin;

import org.jspecify.annotations.NullMarked;
