package dev.spanthrift.agent.control.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that is or was wrong.
 *
 * @param state firing, silenced or resolved
 * @param resolved when it was over; missing while it is not
 * @param told whether a message about it has been handed to the webhook
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Alert(
    String id,
    String rule,
    String subject,
    String state,
    Instant since,
    @Nullable Instant resolved,
    double value,
    double threshold,
    String unit,
    String text,
    String link,
    boolean told) {}
