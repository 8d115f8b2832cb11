package dev.spanthrift.agent.control.front;

/** The connection of whoever takes a stream. Any thread may call it. */
public interface EventSink {
  /**
   * Sends some events, whole. A client that leaves too many lying is dropped and counted.
   *
   * @param events never changed; others may be given the same array
   */
  void send(byte[] events);
}
