package dev.spanthrift.agent.receive.door;

import dev.spanthrift.sampler.wire.Signal;

/** Turns an OTLP/JSON request into the protobuf of the same data (specs.md J11). */
@FunctionalInterface
public interface JsonDecoder {
  /** Reads {@code length} bytes of {@code json}; never throws. */
  Decoded decode(Signal signal, byte[] json, int offset, int length);

  /** Protobuf, or why not. */
  sealed interface Decoded {}

  /**
   * A slice of bytes that the decoder may use again for its next call on this thread.
   *
   * @param buffer holds the protobuf message
   */
  record Protobuf(byte[] buffer, int offset, int length) implements Decoded {}

  /** The text is not OTLP/JSON. */
  record NotJson(String message) implements Decoded {}
}
