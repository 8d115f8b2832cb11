package dev.spanthrift.kubernetes.stream;

import reactor.core.publisher.Mono;

/** Says whose a token is. */
public interface TokenCheck {
  /**
   * Asks; ends with a {@link RefusedException} when the token is nobody's, with another error when
   * nobody can say.
   */
  Mono<Identity> identify(String token);

  /** The token is not good. */
  final class RefusedException extends RuntimeException {
    public RefusedException(String message) {
      super(message, null, false, false);
    }
  }
}
