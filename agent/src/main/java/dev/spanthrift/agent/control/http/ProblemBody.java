package dev.spanthrift.agent.control.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem as it is answered: RFC 9457 with our four extensions.
 *
 * @param errors one entry for each place that is wrong
 * @param etag the resource's current ETag, when that is what the caller missed
 * @param diff where the current resource and what was sent differ, when the caller missed that
 * @param requestId stands in the answer's X-Request-Id and in the log
 */
record ProblemBody(
    String type,
    String title,
    int status,
    String detail,
    String instance,
    List<PolicyProblem> errors,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String etag,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<JsonDifference> diff,
    String requestId) {}
