/**
 * The admission webhook: reviews over HTTPS, health and metrics on a port of their own.
 *
 * <p>Its door is {@code WebhookServer}.
 */
@NullMarked
package dev.spanthrift.kubernetes.webhook;

import org.jspecify.annotations.NullMarked;
