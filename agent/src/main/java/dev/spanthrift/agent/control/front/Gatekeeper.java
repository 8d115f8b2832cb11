package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Access;
import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.access.Shown;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at who asks, before the body is read. */
final class Gatekeeper {
  private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

  private final Access access;

  Gatekeeper(Access access) {
    this.access = access;
  }

  /** What was found out. */
  sealed interface Finding {
    record Entitled(Caller caller) implements Finding {}

    record TurnedAway(ProblemException problem) implements Finding {}
  }

  boolean isFree(@Nullable Role needed, Shown shown) {
    return access.isFree(needed, shown);
  }

  /** Blocks for small files, and at times for an identity provider. */
  Finding look(@Nullable Role needed, Shown shown) {
    try {
      return new Finding.Entitled(access.check(needed, shown));
    } catch (ProblemException refusal) {
      return new Finding.TurnedAway(refusal);
    } catch (RuntimeException | LinkageError e) {
      log.error("who asks cannot be found out", e);
      return new Finding.TurnedAway(
          new ProblemException(ProblemType.INTERNAL, "who asks cannot be found out"));
    }
  }
}
