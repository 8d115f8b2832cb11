package dev.spanthrift.agent.control.http;

import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries a problem from where it is seen to {@link ProblemHandler}; has no stack trace. */
public final class ProblemException extends RuntimeException {
  private static final String BUSY_SECONDS = "2"; // most what-ifs have ended by then

  private final ProblemType type;
  private final transient List<PolicyProblem> errors;
  private final @Nullable String etag;
  private final transient List<JsonDifference> diff;
  private final transient Map<String, String> more;
  private final transient @Nullable Note why;

  public ProblemException(ProblemType type, String detail) {
    this(type, detail, List.of(), null, List.of(), Map.of());
  }

  /** With its detail by code, for who tells of it inside an answer. */
  public ProblemException(ProblemType type, Note why) {
    this(type, why.text(), List.of(), null, List.of(), Map.of(), why);
  }

  private ProblemException(
      ProblemType type,
      String detail,
      List<PolicyProblem> errors,
      @Nullable String etag,
      List<JsonDifference> diff,
      Map<String, String> more) {
    this(type, detail, errors, etag, diff, more, null);
  }

  private ProblemException(
      ProblemType type,
      String detail,
      List<PolicyProblem> errors,
      @Nullable String etag,
      List<JsonDifference> diff,
      Map<String, String> more,
      @Nullable Note why) {
    super(detail, null, false, false);
    this.type = type;
    this.errors = List.copyOf(errors);
    this.etag = etag;
    this.diff = List.copyOf(diff);
    this.more = Map.copyOf(more);
    this.why = why;
  }

  public static ProblemException invalid(List<PolicyProblem> errors) {
    String detail = errors.size() == 1 ? errors.getFirst().detail() : errors.size() + " problems";
    return new ProblemException(ProblemType.INVALID, detail, errors, null, List.of(), Map.of());
  }

  public static ProblemException invalid(String pointer, String detail, String suggestion) {
    return invalid(List.of(new PolicyProblem(pointer, detail, suggestion)));
  }

  public static ProblemException stale(String currentEtag, List<JsonDifference> diff) {
    return new ProblemException(
        ProblemType.STALE,
        "the current ETag is " + currentEtag,
        List.of(),
        currentEtag,
        diff,
        Map.of());
  }

  /** A method that a path does not take. */
  public static ProblemException methodNotAllowed(String method, List<String> allowed) {
    return new ProblemException(
        ProblemType.METHOD_NOT_ALLOWED,
        method + " is not for this path",
        List.of(),
        null,
        List.of(),
        Map.of("Allow", String.join(", ", allowed)));
  }

  /** Too many requests of one client. */
  public static ProblemException tooMany(long seconds) {
    return new ProblemException(
        ProblemType.RATE_LIMITED,
        "too many requests of this client; the next may come in " + seconds + " s",
        List.of(),
        null,
        List.of(),
        Map.of("Retry-After", String.valueOf(seconds)));
  }

  public ProblemType type() {
    return type;
  }

  /** For a sentence in which it stands: its detail by code, or in words where it has none. */
  public Object why() {
    return why == null ? String.valueOf(getMessage()) : why;
  }

  public List<PolicyProblem> errors() {
    return errors;
  }

  public @Nullable String etag() {
    return etag;
  }

  public List<JsonDifference> diff() {
    return diff;
  }

  /** Headers that an answer with this problem carries. */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (etag != null) {
      headers.put("ETag", etag);
    }
    switch (type) {
      case TOKEN_REQUIRED -> headers.put("WWW-Authenticate", "Bearer realm=\"spanthrift\"");
      case BUSY, OVERLOADED, NO_ROOM -> headers.put("Retry-After", BUSY_SECONDS);
      case UNSUPPORTED_MEDIA_TYPE -> headers.put("Accept-Encoding", "identity");
      default -> {
        // nothing to add
      }
    }
    headers.putAll(more);
    return headers;
  }
}
