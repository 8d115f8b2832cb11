package dev.spanthrift.agent.control.front;

/** Answers requests that never end, with events (text/event-stream). */
@FunctionalInterface
public interface StreamSite {
  /**
   * Begins a stream; on the event loop, so quickly.
   *
   * @return told once when nobody takes its events any more
   * @throws dev.spanthrift.agent.control.http.ProblemException when it cannot be begun
   */
  Runnable open(AdminRequest request, EventSink sink);
}
