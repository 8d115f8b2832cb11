package dev.spanthrift.agent.control.stream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be listened to. All but {@link #open} belongs to the hub's timer. */
interface Topic {
  /**
   * Begins for one client; on the event loop.
   *
   * @param query its parameters
   * @param lastEventId of the last event that the client has; null: begin with now
   */
  Feed open(Map<String, String> query, @Nullable String lastEventId);

  /** Takes what is new, for all feeds together. Once a beat, while there are any. */
  void beat();

  /** One client's. */
  interface Feed {
    /** Writes what is new for this client since the last beat. */
    void poll(EventLines to);
  }
}
