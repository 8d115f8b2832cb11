package dev.spanthrift.agent.control.stream;

import dev.spanthrift.agent.control.status.Overview;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How it looks, at once and then once a second. A state, not a log: nothing is made up for. */
final class OverviewTopic implements Topic {
  private static final long EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(750); // each second beat

  private final Supplier<Overview> source;
  private long takenNanos;
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
    // By the clock: after a time without clients what was said last is old.
    long nanos = System.nanoTime();
    if (json.length == 0 || nanos - takenNanos >= EACH_NANOS) {
      takenNanos = nanos;
      Overview now = source.get();
      id = Math.max(id + 1, now.at().toEpochMilli());
      json = EventLines.json(now);
    }
  }
}
