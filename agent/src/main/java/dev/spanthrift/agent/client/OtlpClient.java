package dev.spanthrift.agent.client;

import dev.spanthrift.sampler.wire.Signal;

/**
 * Sends encoded requests to one OTLP port, one blocking call each; thread-safe.
 *
 * <p>Made for virtual threads: the caller bounds how many calls are under way.
 */
public interface OtlpClient extends AutoCloseable {
  /** What the other side made of a request. */
  sealed interface Reply {
    /** Taken, all of it or but for some items. */
    record Accepted(long rejected) implements Reply {}

    /**
     * Nobody is there, or it is not OTLP: what is sent later will not fare better.
     *
     * @param certain false for a connection that broke, which a server at work may do too
     */
    record Unreachable(String reason, boolean certain) implements Reply {}

    /** Not now; the same request may be sent again. */
    record TryAgain(String reason, long afterMillis) implements Reply {}

    /**
     * Not at all.
     *
     * @param always the other side takes nothing from us, whatever we send
     */
    record Refused(String reason, boolean always) implements Reply {}
  }

  /**
   * Sends one request and waits for the answer; never throws for what the other side does.
   *
   * @throws InterruptedException when the caller is to stop
   */
  Reply send(Signal signal, byte[] request) throws InterruptedException;

  /** An address as a person writes it. */
  static String at(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Closes connections at once. */
  @Override
  void close();
}
