package dev.spanthrift.agent.control.http;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * Every kind of problem that the REST API can answer with; the page of each stands at its type URL.
 *
 * <p>Source: RFC 9457. The URLs are paths of this server, so that they resolve without internet.
 */
public enum ProblemType {
  SYNTAX(
      HttpStatus.BAD_REQUEST,
      "The request cannot be read",
      "Fix the syntax at the place named in detail."),
  TOKEN_REQUIRED(
      HttpStatus.UNAUTHORIZED,
      "A valid bearer token is required",
      "Send 'Authorization: Bearer …' with the token from the file that the sidecar reads."),
  WRITES_DISABLED(
      HttpStatus.FORBIDDEN,
      "Writes are disabled",
      "Put a token into a file and name that file in SPANTHRIFT_ADMIN_TOKEN_FILE; then send it as"
          + " 'Authorization: Bearer …'."),
  FOREIGN_ORIGIN(
      HttpStatus.FORBIDDEN,
      "The request comes from another site",
      "Browsers may write only from a page that this server delivered, under a name that it"
          + " knows."),
  NOT_FOUND(
      HttpStatus.NOT_FOUND, "There is nothing at this path", "See /openapi.json for the paths."),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED,
      "The path does not take this method",
      "Use one of the methods in the Allow header."),
  NOT_ACCEPTABLE(
      HttpStatus.NOT_ACCEPTABLE,
      "The answer cannot be given in this form",
      "Accept application/json; policies can also be had as application/yaml."),
  NOT_RECORDED(
      HttpStatus.CONFLICT,
      "There is no recorded traffic to ask",
      "Give recording.bytesMax (SPANTHRIFT_RECORDING_BYTES_MAX) some room and let traffic come."),
  MANAGED(
      HttpStatus.CONFLICT,
      "It is managed by objects of Kubernetes",
      "Change the objects that detail names; the sidecar follows within seconds. In an incident"
          + " PUT /api/v1/kill-switch works all the same."),
  TOO_MANY(
      HttpStatus.CONFLICT,
      "There are as many as may be",
      "End one of them first: they are listed at the same path."),
  NO_PLACE(
      HttpStatus.CONFLICT,
      "It cannot be put in force here",
      "Boosts stand before Spanthrift's own policies, which may ask 256 questions about spans"
          + " together with them."),
  NO_WEBHOOK(
      HttpStatus.CONFLICT,
      "No webhook is configured",
      "Set alerts.webhook.url (SPANTHRIFT_ALERTS_WEBHOOK_URL) or alerts.webhook.urlFile and start"
          + " again."),
  STALE(
      HttpStatus.PRECONDITION_FAILED,
      "Somebody else changed it first",
      "GET it again, repeat the change on what is there now, and send the new ETag in If-Match."),
  TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large", "Send a smaller document."),
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      "The body has a type that this path does not take",
      "Send application/json; policies may also be application/yaml."),
  INVALID(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The document can be read but not used",
      "Each entry of errors names a place, what is wrong there and what would be right."),
  IF_MATCH_REQUIRED(
      HttpStatus.PRECONDITION_REQUIRED,
      "If-Match is required",
      "GET the resource and send its ETag in If-Match, so that nobody's change is overwritten."),
  HEAD_TOO_LARGE(
      HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
      "Path or headers are too long",
      "A path may have 4 KiB, all headers together 8 KiB."),
  TIMEOUT(
      HttpStatus.REQUEST_TIMEOUT,
      "The request did not come in time",
      "Send it again, head and body within 5 seconds each."),
  OVERLOADED(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The admin port has too much to do",
      "Send it again when it is calmer."),
  NO_ROOM(
      HttpStatus.SERVICE_UNAVAILABLE,
      "There is no memory for a simulation",
      "Ask a recording instead: spanthrift simulate --recording FILE."),
  BUSY(
      HttpStatus.TOO_MANY_REQUESTS,
      "Another simulation is running",
      "Send it again when that one has answered, or with Prefer: respond-async."),
  FLEET_ONLY(
      HttpStatus.NOT_IMPLEMENTED,
      "A single sidecar has no fleet",
      "What this sidecar knows of itself is at /api/v1/status."),
  NOT_STORED(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The change could not be stored",
      "Nothing was changed. Check that the state directory exists, is writable and has room."),
  REFUSED(HttpStatus.BAD_REQUEST, "The request was refused", "See detail."),
  INTERNAL(
      HttpStatus.INTERNAL_SERVER_ERROR,
      "Something went wrong inside",
      "Look for the request id in the sidecar's log.");

  private final HttpStatus status;
  private final String title;
  private final String advice;

  ProblemType(HttpStatus status, String title, String advice) {
    this.status = status;
    this.title = title;
    this.advice = advice;
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** What helps. */
  public String advice() {
    return advice;
  }

  /** Last step of its URL. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its type URL: a path, resolved against this server. */
  public String url() {
    return "/problems/" + slug();
  }
}
