package dev.spanthrift.exporter.transport;

import dev.spanthrift.sampler.wire.Signal;
import java.util.function.Consumer;

/** One transport to one backend: sends a body once and says how it ended. */
public interface Sender extends AutoCloseable {
  /**
   * Sends without blocking.
   *
   * @param done called exactly once, on any thread, perhaps before this method returns; also after
   *     a cancel
   * @return cancels the attempt when run
   */
  Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done);

  boolean connected();

  @Override
  void close();
}
