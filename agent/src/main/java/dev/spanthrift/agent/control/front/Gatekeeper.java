package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.WriteAccess;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/** Looks at the token, before the body is read. */
final class Gatekeeper {
  private final WriteAccess access;

  Gatekeeper(WriteAccess access) {
    this.access = access;
  }

  /** Blocks for one small file; what the client is to be told, or nothing. */
  @Nullable ProblemException refusal(Entitlement entitlement, AdminRequest request) {
    boolean free =
        entitlement == Entitlement.ASK && request.peer().getAddress().isLoopbackAddress();
    try {
      if (!free) {
        access.check(request.headers().get(HttpHeaderNames.AUTHORIZATION));
      }
      return null;
    } catch (ProblemException refusal) {
      return refusal;
    }
  }
}
