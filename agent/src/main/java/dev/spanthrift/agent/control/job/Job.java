package dev.spanthrift.agent.control.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One question as it stands.
 *
 * @param kind such as {@code policy:simulate}
 * @param state waiting, running, done, failed or cancelled
 * @param progress from 0 to 1
 * @param expires when its result is forgotten; missing until it has ended
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
    String id,
    String kind,
    String state,
    double progress,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    @Nullable Instant expires,
    @Nullable WhatIfAnswer result,
    @Nullable NoResult problem) {

  /** Why there is no result. */
  public record NoResult(String type, String title, String detail) {}

  /** For lists. */
  Job withoutResult() {
    return new Job(id, kind, state, progress, created, started, ended, expires, null, problem);
  }
}
