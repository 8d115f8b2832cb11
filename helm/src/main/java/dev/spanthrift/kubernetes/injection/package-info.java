/**
 * Pod in, patch out: a pure function, the same for webhook, command line and admission policy.
 *
 * <p>Its door is {@code PodInjector}.
 */
@NullMarked
package dev.spanthrift.kubernetes.injection;

import org.jspecify.annotations.NullMarked;
