package dev.spanthrift.agent.receive.door;

import dev.spanthrift.sampler.wire.Signal;
import java.util.function.Supplier;

/**
 * Where received requests go: the first step of the pipeline, as the ports see it.
 *
 * <p>Called on event loops; never blocks, never throws.
 */
public interface Intake {
  /** Counts a request whose head has come; from now on it is under way. */
  void arrived(Signal signal);

  /**
   * Takes one decoded (decompressed, protobuf) request, and counts it as received or refused.
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

  /** Counts a request that the port itself refused. */
  void refused(Signal signal, Refusal reason);

  /**
   * Ends a request: what becomes of it, and that it is under way no more, are one step to whoever
   * reads the counters.
   *
   * <p>They are counted apart all the same, so that a request of which nothing became shows as a
   * gap in: offered = refused + received + under way.
   *
   * @param becomes offers it or counts it as refused
   */
  <T> T ending(Signal signal, Supplier<T> becomes);

  /** Why a port refused a request. */
  enum Refusal {
    TOO_LARGE,
    MALFORMED,
    UNSUPPORTED,
    OVERLOADED,
    /** It did not arrive in time. */
    TOO_SLOW,
    /** Its client went away, or ended it, before it was whole. */
    CUT,
    /** It failed inside. */
    FAILED
  }
}
