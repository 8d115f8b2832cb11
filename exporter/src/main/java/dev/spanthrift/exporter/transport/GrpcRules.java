package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.NetworkWords;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which gRPC codes are worth another attempt (specs.md C5, C6).
 *
 * <p>Source: OTLP specification 1.11, "OTLP/gRPC Response", failures and throttling.
 */
public final class GrpcRules {
  public static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final Pattern NOT_HTTP2 =
      Pattern.compile("First received frame was not SETTINGS\\..*: ([0-9a-f]+)");
  private static final String HTTP1 = "485454502f"; // HTTP/

  private GrpcRules() {}

  /** The outcome of any code but OK. */
  static SendResult outcome(Status status, @Nullable Metadata trailers) {
    SendResult notGrpc = unlessGrpc(status);
    if (notGrpc != null) {
      return notGrpc;
    }
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    long asked = details == null ? Answers.NO_RETRY_INFO : Answers.retryDelayNanos(details);
    String kind = "status_" + status.getCode();
    String message = message(status);
    long delay = Math.max(asked, SendResult.Again.OWN_BACKOFF);
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> new SendResult.Again(kind, message, delay, true);
      case CANCELLED, ABORTED, OUT_OF_RANGE, DATA_LOSS ->
          // These speak of one request, unless the backend asks for a pause.
          new SendResult.Again(kind, message, delay, asked >= 0);
      case RESOURCE_EXHAUSTED ->
          asked == Answers.NO_RETRY_INFO
              ? new SendResult.Failed(kind, message, true) // mostly: larger than it takes
              : new SendResult.Again(kind, message, delay, true);
      case NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED ->
          new SendResult.Failed(kind, message, false);
      case OK, UNKNOWN, INVALID_ARGUMENT, ALREADY_EXISTS, FAILED_PRECONDITION, INTERNAL ->
          new SendResult.Failed(kind, message, true);
    };
  }

  /**
   * Somebody on the way answers who speaks no gRPC: a proxy's 503 over HTTP/1.1 to a new
   * connection, a login page. No server has seen the request, whatever code grpc makes of it.
   */
  private static @Nullable SendResult unlessGrpc(Status status) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      Matcher first = NOT_HTTP2.matcher(String.valueOf(cause.getMessage()));
      if (first.find()) {
        return again(
            "not_http2", "answers " + words(first.group(1)) + ", and no HTTP/2 as gRPC does");
      }
    }
    String description = String.valueOf(status.getDescription());
    return description.startsWith("HTTP status code 200") && description.contains("text/html")
        ? again("web_page", "answers with a web page, perhaps a login")
        : null;
  }

  private static SendResult again(String kind, String message) {
    return new SendResult.Again(kind, message, SendResult.Again.OWN_BACKOFF, true);
  }

  private static String words(String hex) {
    return hex.startsWith(HTTP1) ? "HTTP/1.1" : "bytes " + hex;
  }

  private static String message(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    int headers = description.indexOf("\nheaders: "); // and what follows, when HTTP answers
    description = headers < 0 ? description : description.substring(0, headers);
    Throwable cause = status.getCause();
    if (cause == null) {
      return description;
    }
    String words = NetworkWords.of(cause);
    // What grpc itself says of a broken connection tells no more.
    return description.isEmpty()
            || description.startsWith("io exception")
            || description.startsWith("Unable to resolve host")
        ? words
        : description + ": " + words;
  }
}
