package dev.spanthrift.agent.receive.door;

import dev.spanthrift.sampler.wire.Signal;

/**
 * Where received requests go: the first step of the pipeline, as the ports see it.
 *
 * <p>Called on event loops; never blocks, never throws.
 */
public interface Intake {
  /**
   * Takes one decoded (decompressed, protobuf) request.
   *
   * @param buffer belongs to the caller and is valid only during the call: what must live longer is
   *     copied
   */
  Admission offer(Signal signal, byte[] buffer, int offset, int length);

  /**
   * Asks, before a body is read, whether there is room for it.
   *
   * @param bytes announced size, or what was read so far
   * @return {@link Admission.Accepted} or {@link Admission.Overloaded}
   */
  Admission reserve(Signal signal, long bytes);

  /** Counts a request that the port itself refused, so that offered = refused + received holds. */
  void refused(Signal signal, Refusal reason);

  /** Why a port refused a request. */
  enum Refusal {
    TOO_LARGE,
    MALFORMED,
    UNSUPPORTED,
    OVERLOADED
  }
}
