package dev.spanthrift.agent.receive.door;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended, with the word that each protocol has for it.
 *
 * <p>Sources: OTLP specification 1.11, "Failures"; google.rpc.Code; specs.md S4, S5, S12–S15.
 */
public enum RequestOutcome {
  ACCEPTED(200, 0, null),
  PARTIAL(200, 0, null),
  PREFLIGHT(204, 0, null),
  MALFORMED(400, 3, Refusal.MALFORMED),
  FORBIDDEN(403, 7, null),
  NOT_FOUND(404, 12, null),
  UNKNOWN_SERVICE(404, 5, null),
  ELSEWHERE(404, 12, null),
  WRONG_METHOD(405, 12, Refusal.UNSUPPORTED),
  TOO_SLOW(408, 4, Refusal.TOO_SLOW),
  TOO_LARGE(413, 8, Refusal.TOO_LARGE),
  UNSUPPORTED(415, 12, Refusal.UNSUPPORTED),
  NOT_GRPC(415, 12, Refusal.UNSUPPORTED),
  UNEXPECTED(417, 12, Refusal.UNSUPPORTED),
  CUT(499, 1, Refusal.CUT),
  FAILED(500, 13, Refusal.FAILED),
  OVERLOADED(503, 14, Refusal.OVERLOADED);

  public final int http;
  public final int grpc;

  /** What the intake counts when the port itself refuses; null where there is nothing to count. */
  final @Nullable Refusal refusal;

  RequestOutcome(int http, int grpc, @Nullable Refusal refusal) {
    this.http = http;
    this.grpc = grpc;
    this.refusal = refusal;
  }
}
