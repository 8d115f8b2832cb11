package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.pipeline.SlowQueries;
import org.jspecify.annotations.Nullable;

/**
 * What alerts are made with.
 *
 * @param opener of the way to the webhook
 * @param queries null where that rule is off
 */
public record AlertParts(
    AlertSettings settings, WebhookSender.Opener opener, @Nullable SlowQueries queries) {}
