package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.NetworkWords;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Which gRPC codes are worth another attempt (specs.md C5, C6).
 *
 * <p>Source: OTLP specification 1.11, "OTLP/gRPC Response", failures and throttling.
 */
public final class GrpcRules {
  public static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private GrpcRules() {}

  /** The outcome of any code but OK. */
  static SendResult outcome(Status status, @Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    long asked = details == null ? Answers.NO_RETRY_INFO : Answers.retryDelayNanos(details);
    String reason = "status_" + status.getCode();
    String message = message(status);
    long delay = Math.max(asked, SendResult.Again.OWN_BACKOFF);
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> new SendResult.Again(reason, message, delay, true);
      case CANCELLED, ABORTED, OUT_OF_RANGE, DATA_LOSS ->
          // These speak of one request, unless the backend asks for a pause.
          new SendResult.Again(reason, message, delay, asked >= 0);
      case RESOURCE_EXHAUSTED ->
          asked == Answers.NO_RETRY_INFO
              ? new SendResult.Failed(reason, message)
              : new SendResult.Again(reason, message, delay, true);
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          FAILED_PRECONDITION,
          UNIMPLEMENTED,
          INTERNAL ->
          new SendResult.Failed(reason, message);
    };
  }

  private static String message(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
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
