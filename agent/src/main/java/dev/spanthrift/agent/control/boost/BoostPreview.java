package dev.spanthrift.agent.control.boost;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Note;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a boost would keep, by the recording.
 *
 * @param seconds that the recording covers
 * @param traces that it would have decided in this time, with their spans and bytes
 * @param keptAnyway share of these bytes that is kept without it
 * @param costPerHour of what it adds
 * @param cost of what it adds until it ends
 * @param capLasts seconds until the cap is spent; missing when its time is over before
 * @param ttl seconds
 * @param notes the remarks by code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BoostPreview(
    double seconds,
    long recordedTraces,
    long traces,
    long spans,
    long bytes,
    double keptAnyway,
    double costPerHour,
    double cost,
    @Nullable Double capLasts,
    long ttl,
    double cap,
    String currency,
    List<String> remarks,
    List<Note> notes) {}
