package dev.spanthrift.agent.control.stream;

import dev.spanthrift.agent.control.status.Overview;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How it looks, at once and then once a second. A state, not a log: nothing is made up for. */
final class OverviewTopic implements Topic {
  private static final int BEATS = 2;

  private final Supplier<Overview> source;
  private static final long STALE_NANOS = 2_000_000_000L;
  private long beats;
  private long takenNanos = System.nanoTime();
  private long id;
  private byte[] json = {};

  OverviewTopic(Supplier<Overview> source) {
    this.source = source;
  }

  @Override
  public Feed open(Map<String, String> query, @Nullable String lastEventId) {
    Streams.refuseUnknown(query, Set.of());
    return new Feed() {
      private long told;

      @Override
      public void poll(EventLines to) {
        if (json.length > 0 && told != id) {
          told = id;
          to.add("overview", id, json);
        }
      }
    };
  }

  @Override
  public void beat() {
    long since = System.nanoTime() - takenNanos; // long, where nobody has listened meanwhile
    if (json.length == 0 || since > STALE_NANOS || beats % BEATS == 0) {
      takenNanos += since;
      beats = 0;
      Overview now = source.get();
      id = Math.max(id + 1, now.at().toEpochMilli());
      json = EventLines.json(now);
    }
    beats++;
  }
}
