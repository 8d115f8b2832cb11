package dev.spanthrift.agent.receive.door;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Counts the connections and the strays of one port, and says them in words.
 *
 * <p>What a signal can count – its requests – is {@link Intake}'s.
 */
public final class PortBooks {
  /** Why a connection finds no place. */
  public enum NoPlace {
    /** The table is full of connections that are in use. */
    TABLE_FULL,
    /** It made room for a newer one before its first request was whole. */
    MADE_ROOM,
    /** The system could not hand it over, such as for want of file handles. */
    ACCEPT_FAILED
  }

  private final String port;
  private final int openMax;
  private final Notices notices;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder[] refused = adders(NoPlace.values().length);
  private final LongAdder[] strays = adders(Stray.values().length);

  PortBooks(String port, int openMax) {
    this.port = port;
    this.openMax = openMax;
    this.notices = new Notices(port, System::nanoTime);
  }

  /** The system handed a connection over. */
  public void accepted() {
    accepted.increment();
  }

  public void opened() {
    opened.increment();
  }

  public void closed() {
    closed.increment();
  }

  public void refused(NoPlace reason, String words) {
    refused[reason.ordinal()].increment();
    notices.say(reason.name(), () -> words);
  }

  public void stray(Stray kind, String words) {
    strays[kind.ordinal()].increment();
    if (kind != Stray.PREFLIGHT) {
      notices.say(kind.name(), () -> words);
    }
  }

  /** Says once in a while what is counted elsewhere. */
  void say(String kind, Supplier<String> words) {
    notices.say(kind, words);
  }

  /** The same with a stack. */
  void say(String kind, Supplier<String> words, Throwable failure) {
    notices.say(kind, words, failure);
  }

  public long opens() {
    return opened.sum();
  }

  public long refusals() {
    return refused[NoPlace.TABLE_FULL.ordinal()].sum();
  }

  PortStatus status(int number, long pendingBytes) {
    long gone = closed.sum();
    Map<String, Long> noPlace = new TreeMap<>();
    for (NoPlace why : NoPlace.values()) {
      put(noPlace, why.name().toLowerCase(Locale.ROOT), refused[why.ordinal()]);
    }
    Map<String, Long> kinds = new TreeMap<>();
    for (Stray kind : Stray.values()) {
      put(kinds, kind.word(), strays[kind.ordinal()]);
    }
    return new PortStatus(
        port,
        number,
        accepted.sum(),
        Math.max(0, opened.sum() - gone),
        openMax,
        gone,
        noPlace,
        kinds,
        pendingBytes);
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private static void put(Map<String, Long> counts, String name, LongAdder count) {
    if (count.sum() > 0) {
      counts.put(name, count.sum());
    }
  }
}
