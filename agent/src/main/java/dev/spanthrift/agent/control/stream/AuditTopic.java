package dev.spanthrift.agent.control.stream;

import dev.spanthrift.agent.control.audit.AuditEntry;
import dev.spanthrift.agent.control.audit.AuditLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Each change, as it is noted. Its id is the entry's number. */
final class AuditTopic implements Topic {
  private static final int AT_ONCE = 50;
  private static final int BYTES_AT_ONCE = 32 << 10; // more comes with the next beat

  private final AuditLog audit;

  AuditTopic(AuditLog audit) {
    this.audit = audit;
  }

  @Override
  public Feed open(Map<String, String> query, @Nullable String lastEventId) {
    Streams.refuseUnknown(query, Set.of());
    Long after = Streams.number(lastEventId);
    return new Feed() {
      private long last = after == null ? -1 : after;

      @Override
      public void poll(EventLines to) {
        if (last < 0 || last > audit.size()) { // numbers begin anew where the state was taken away
          last = audit.size();
        }
        List<AuditEntry> entries = audit.after(last, AT_ONCE);
        for (AuditEntry entry : entries) {
          to.add("audit", entry.number(), EventLines.json(entry));
          last = entry.number();
          if (to.size() >= BYTES_AT_ONCE) {
            break;
          }
        }
      }
    };
  }

  @Override
  public void beat() {
    // entries are few: each feed looks for itself
  }
}
