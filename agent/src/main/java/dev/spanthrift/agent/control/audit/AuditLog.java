package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.JsonDifference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All changes that were asked for over REST. Without a state directory the last ones only, in
 * memory.
 *
 * <p>A change is written here before it acts: what cannot be audited is not done.
 */
public final class AuditLog {
  /** Entries that are answered; the file has all. */
  static final int LATELY_MAX = 1_000;

  /** Bytes of JSON of the entries that are answered. */
  static final long LATELY_BYTES_MAX = 2 << 20;

  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  private final @Nullable Path file;
  private final LongSupplier unixMillis;
  private final long fileBytesMax;
  private final Deque<AuditEntry> lately = new ArrayDeque<>();
  private long latelyBytes;
  private boolean isRead;
  private boolean isToldUnreadable;
  private long number;
  private String previous = AuditEntry.FIRST;

  /**
   * Reads nothing yet: a start must not wait for what nobody has asked.
   *
   * @param stateDirectory none: the last entries only, in memory
   */
  public AuditLog(@Nullable Path stateDirectory, LongSupplier unixMillis) {
    this(stateDirectory, unixMillis, AuditFile.BYTES_MAX);
  }

  AuditLog(@Nullable Path stateDirectory, LongSupplier unixMillis, long fileBytesMax) {
    this.fileBytesMax = fileBytesMax;
    file = stateDirectory == null ? null : stateDirectory.resolve(AuditFile.NAME);
    this.unixMillis = unixMillis;
  }

  /** Goes on where the last process ended, and says so when its file has faults. */
  private void read() throws IOException {
    if (!isRead && file != null) {
      AuditFile.Findings verdict = AuditFile.verify(file);
      if (!verdict.faults().isEmpty()) {
        log.warn("audit {}: {}; see spanthrift audit verify", file, verdict.faults().getFirst());
      }
      number = verdict.end().number();
      previous = verdict.end().hash();
    }
    isRead = true;
  }

  /**
   * Notes a change that is about to act.
   *
   * @throws UncheckedIOException when it cannot be stored; then nothing may change
   */
  public synchronized void append(
      Author author,
      String action,
      @Nullable String from,
      @Nullable String to,
      List<JsonDifference> diff) {
    try {
      read(); // a chain that cannot be read cannot be gone on with
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AuditEntry entry =
        new AuditEntry(
                number + 1,
                Instant.ofEpochMilli(unixMillis.getAsLong())
                    .truncatedTo(ChronoUnit.MILLIS)
                    .toString(),
                author.who(),
                action,
                author.reason(),
                author.requestId(),
                from,
                to,
                AuditDifference.bounded(diff),
                previous,
                "")
            .sealed();
    if (file != null) {
      try {
        AuditFile.append(file, entry, fileBytesMax);
      } catch (IOException e) {
        isRead = false; // the line may be there though its head is not: go on behind it
        throw new UncheckedIOException(e);
      }
    }
    number = entry.number();
    previous = entry.hash();
    lately.addFirst(entry);
    latelyBytes += entry.bytes();
    while (lately.size() > LATELY_MAX || latelyBytes > LATELY_BYTES_MAX) {
      latelyBytes -= lately.removeLast().bytes();
    }
  }

  /**
   * Notes a change and makes it. What did not come about is noted, too, under the action's name
   * with {@code .failed}.
   *
   * @throws UncheckedIOException when it cannot be stored; then nothing has changed
   */
  public void change(
      Author author,
      String action,
      @Nullable String from,
      @Nullable String to,
      List<JsonDifference> diff,
      Runnable act) {
    append(author, action, from, to, diff);
    try {
      act.run();
    } catch (RuntimeException e) {
      try {
        append(author, action + ".failed", from, to, List.of());
      } catch (UncheckedIOException unsaid) {
        log.warn("the audit cannot say that {} {} did not come about", action, to);
      }
      throw e;
    }
  }

  /**
   * The youngest entries of this process, the youngest first.
   *
   * @param before only those with a smaller number
   */
  synchronized List<AuditEntry> lately(long before, int limit) {
    List<AuditEntry> page = new ArrayList<>();
    for (AuditEntry entry : lately) {
      if (entry.number() < before && page.size() < limit) {
        page.add(entry);
      }
    }
    return page;
  }

  /**
   * Those of this process after one, the oldest first: all, or where there are more the youngest.
   */
  public synchronized List<AuditEntry> after(long number, int limit) {
    List<AuditEntry> found = new ArrayList<>();
    for (AuditEntry entry : lately) {
      if (entry.number() <= number || found.size() == limit) {
        break;
      }
      found.add(entry);
    }
    return found.reversed();
  }

  /**
   * How many there are, those of former processes among them; without those while their files
   * cannot be read.
   */
  public synchronized long size() {
    try {
      read();
    } catch (IOException e) {
      if (!isToldUnreadable) {
        isToldUnreadable = true;
        log.warn("audit {} cannot be read: {}", file, InputFile.reason(e));
      }
    }
    return number;
  }

  boolean isStored() {
    return file != null;
  }
}
