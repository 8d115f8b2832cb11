package dev.spanthrift.agent.control.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A problem as it is answered: RFC 9457 with our four extensions.
 *
 * @param errors one entry for each place that is wrong
 * @param etag the resource's current ETag, when that is what the caller missed
 * @param diff where the current resource and what was sent differ, when the caller missed that
 * @param requestId stands in the answer's X-Request-Id and in the log
 */
public record ProblemBody(
    String type,
    String title,
    int status,
    String detail,
    String instance,
    List<PolicyProblem> errors,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String etag,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<JsonDifference> diff,
    String requestId) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  /** What a client is told; a problem without places says what helps. */
  public static ProblemBody of(ProblemException problem, String instance, String requestId) {
    ProblemType type = problem.type();
    String detail = String.valueOf(problem.getMessage());
    return new ProblemBody(
        type.url(),
        type.title(),
        type.status().value(),
        problem.errors().isEmpty() ? detail + ". " + type.advice() : detail,
        instance,
        problem.errors(),
        problem.etag(),
        problem.diff(),
        requestId);
  }

  public byte[] json() {
    return MAPPER.writeValueAsBytes(this);
  }
}
