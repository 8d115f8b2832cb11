package dev.spanthrift.agent.receive.door;

import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The bytes of an answer: {@code Export…ServiceResponse} or {@code google.rpc.Status}.
 *
 * <pre>
 * Export…ServiceResponse { partial_success = 1 { rejected = 1, error_message = 2 } }
 * Status                 { code = 1, message = 2, details = 3 Any { type_url = 1, value = 2 } }
 * BadRequest             { field_violations = 1 { field = 1, description = 2 } }
 * RetryInfo              { retry_delay = 1 Duration { seconds = 1, nanos = 2 } }
 * </pre>
 *
 * <p>Sources: opentelemetry-proto collector services (specs.md W12), googleapis google/rpc.
 */
public final class Replies {
  private static final String BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";
  private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
  private static final byte[] EMPTY = new byte[0];

  private Replies() {}

  public static byte[] protobuf(RequestAnswer answer) {
    return switch (answer.outcome()) {
      case ACCEPTED -> EMPTY;
      case PARTIAL -> partial(answer);
      default -> status(answer);
    };
  }

  public static byte[] json(Signal signal, RequestAnswer answer) {
    String text =
        switch (answer.outcome()) {
          case ACCEPTED -> "{}";
          case PARTIAL -> partialJson(signal, answer);
          default -> statusJson(answer);
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] status(RequestAnswer answer) {
    FieldWriter status =
        new FieldWriter().nonZero(1, answer.outcome().grpc).nonEmpty(2, answer.message());
    if (answer.outcome() == RequestOutcome.MALFORMED) {
      FieldWriter violation = new FieldWriter().nonEmpty(2, answer.message());
      status.message(3, any(BAD_REQUEST, new FieldWriter().message(1, violation)));
    } else if (answer.outcome() == RequestOutcome.OVERLOADED) {
      Duration delay = answer.retryAfter();
      FieldWriter duration =
          new FieldWriter().nonZero(1, delay.getSeconds()).nonZero(2, delay.getNano());
      status.message(3, any(RETRY_INFO, new FieldWriter().message(1, duration)));
    }
    return status.toBytes();
  }

  static String statusJson(RequestAnswer answer) {
    StringBuilder out = new StringBuilder("{\"code\":").append(answer.outcome().grpc);
    out.append(",\"message\":");
    AnswerText.quote(out, answer.message());
    if (answer.outcome() == RequestOutcome.MALFORMED) {
      out.append(",\"details\":[{\"@type\":\"").append(BAD_REQUEST);
      out.append("\",\"fieldViolations\":[{\"description\":");
      AnswerText.quote(out, answer.message());
      out.append("}]}]");
    } else if (answer.outcome() == RequestOutcome.OVERLOADED) {
      out.append(",\"details\":[{\"@type\":\"").append(RETRY_INFO);
      out.append("\",\"retryDelay\":\"").append(seconds(answer.retryAfter())).append("s\"}]");
    }
    return out.append('}').toString();
  }

  private static byte[] partial(RequestAnswer answer) {
    FieldWriter partial =
        new FieldWriter().nonZero(1, answer.rejected()).nonEmpty(2, answer.message());
    return new FieldWriter().message(1, partial).toBytes();
  }

  private static String partialJson(Signal signal, RequestAnswer answer) {
    StringBuilder out = new StringBuilder("{\"partialSuccess\":{");
    if (answer.rejected() != 0) {
      out.append('"').append(camelCase(signal.rejectedField())).append("\":\"");
      out.append(answer.rejected()).append('"');
    }
    if (!answer.message().isEmpty()) {
      out.append(answer.rejected() != 0 ? "," : "").append("\"errorMessage\":");
      AnswerText.quote(out, answer.message());
    }
    return out.append("}}").toString();
  }

  private static FieldWriter any(String type, FieldWriter value) {
    return new FieldWriter().text(1, type).message(2, value);
  }

  /** As the JSON of google.protobuf.Duration wants it: "1" or "0.250000000". */
  private static String seconds(Duration delay) {
    return delay.getNano() == 0
        ? Long.toString(delay.getSeconds())
        : "%d.%09d".formatted(delay.getSeconds(), delay.getNano());
  }

  private static String camelCase(String name) {
    StringBuilder out = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        out.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return out.toString();
  }
}
