package dev.spanthrift.kubernetes.injection;

/**
 * Leaves the function where it is found out that there will be no sidecar; never leaves the door.
 */
final class SkipException extends RuntimeException {
  private static final long serialVersionUID = 1;

  final SkipReason reason;

  SkipException(SkipReason reason, String words) {
    super(words, null, false, false);
    this.reason = reason;
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
