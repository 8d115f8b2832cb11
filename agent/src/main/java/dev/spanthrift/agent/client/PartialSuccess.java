package dev.spanthrift.agent.client;

/** Reads {@code Export…ServiceResponse{1: partial_success{1: rejected}}} (specs.md W12). */
final class PartialSuccess {
  private PartialSuccess() {}

  /** 0 for full success, and for what cannot be read. */
  static long rejected(byte[] answer) {
    if (answer.length < 4 || answer[0] != 0x0a || answer[2] != 0x08) {
      return 0;
    }
    long value = 0;
    for (int i = 3, shift = 0; i < answer.length && shift < 64; i++, shift += 7) {
      value |= (answer[i] & 0x7fL) << shift;
      if (answer[i] >= 0) {
        return value;
      }
    }
    return 0;
  }
}
