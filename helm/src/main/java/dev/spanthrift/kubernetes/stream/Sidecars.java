package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.agent.control.source.SidecarReport;
import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.objects.Traffic;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All sidecars that are connected to this replica, by their pod. A bound keeps more away; a pod
 * that comes again takes the place of its old stream.
 */
public final class Sidecars {
  /** What fails for one sidecar is counted under this name, and the others go on. */
  public static final String TASK = "controller sidecar";

  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(660); // two reports of 5 min

  private final Assigner assigner;
  private final int sidecarsMax;
  private final LongSupplier nanoTime;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong full = new AtomicLong();
  private final AtomicLong slow = new AtomicLong();
  private final AtomicLong silent = new AtomicLong();
  private final AtomicLong unread = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();

  /** No sidecar yet. */
  public Sidecars(Assigner assigner, int sidecarsMax, LongSupplier nanoTime) {
    this.assigner = assigner;
    this.sidecarsMax = sidecarsMax;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts since start.
   *
   * @param full streams that were refused because there were too many
   * @param slow that were ended because they did not take what was said
   * @param silent that were ended because nothing was heard
   * @param unread messages that made no sense
   * @param changes that were sent
   */
  public record Counts(
      int connected, long opened, long full, long slow, long silent, long unread, long changes) {}

  public Counts counts() {
    return new Counts(
        sessions.size(),
        opened.get(),
        full.get(),
        slow.get(),
        silent.get(),
        unread.get(),
        changes.get());
  }

  /** How many there may be. */
  int max() {
    return sidecarsMax;
  }

  /** Null when there is no room. */
  @Nullable Session open(Identity identity) {
    Session session = new Session(identity, nanoTime.getAsLong());
    if (sessions.size() >= sidecarsMax && !sessions.containsKey(identity.podUid())) {
      full.incrementAndGet();
      return null;
    }
    Session before = sessions.put(identity.podUid(), session);
    if (before != null) {
      before.end();
    }
    opened.incrementAndGet();
    return session;
  }

  void close(Session session) {
    session.end();
    sessions.remove(session.identity().podUid(), session);
  }

  /** Takes what a sidecar says; false when its stream should end. */
  boolean hear(Session session, String text) {
    long now = nanoTime.getAsLong();
    switch (StreamMessage.read(text)) {
      case StreamMessage.Hello hello -> {
        session.greet(hello, now);
        assign(session, now);
      }
      case StreamMessage.Reported(SidecarReport report) when session.pod() != null ->
          session.report(report, now);
      case null, default -> {
        unread.incrementAndGet();
        return false;
      }
    }
    return true;
  }

  /** What is to be run may have changed: says so to all whom it concerns. */
  public void reassign() {
    long now = nanoTime.getAsLong();
    for (Session session : sessions.values()) {
      Guarded.task(TASK, () -> assign(session, now)).run();
    }
  }

  private void assign(Session session, long now) {
    PodFacts pod = session.pod();
    if (pod == null) {
      return;
    }
    if (session.assign(assigner.assign(pod), now)) {
      changes.incrementAndGet();
    }
    if (session.isEnded() && sessions.remove(session.identity().podUid(), session)) {
      slow.incrementAndGet();
    }
  }

  /** Beats, and ends what is silent; every few seconds. */
  public void tick() {
    long now = nanoTime.getAsLong();
    for (Session session : sessions.values()) {
      session.beat(now, BEAT_NANOS);
      if (session.silentNanos(now) > SILENCE_NANOS) {
        silent.incrementAndGet();
        close(session);
      } else if (session.isEnded() && sessions.remove(session.identity().podUid(), session)) {
        slow.incrementAndGet();
      }
    }
  }

  /** Ends all streams: this replica goes, and another takes them. */
  public void closeAll() {
    sessions.values().forEach(this::close);
  }

  /** One reading of all. */
  public FleetSummary summary() {
    Map<String, FleetSummary.Part> parts = new TreeMap<>();
    Map<String, FleetSummary.NamespaceFigures> namespaces = new TreeMap<>();
    int connected = 0;
    for (Session session : sessions.values()) {
      Session.Reading reading = session.read();
      if (reading != null) {
        connected++;
        Guarded.task(TASK, () -> add(reading, parts, namespaces)).run();
      }
    }
    return new FleetSummary(connected, parts, namespaces, false);
  }

  private static void add(
      Session.Reading reading,
      Map<String, FleetSummary.Part> parts,
      Map<String, FleetSummary.NamespaceFigures> namespaces) {
    Traffic traffic = reading.last() == null ? Traffic.NONE : traffic(reading.last());
    namespaces.merge(
        reading.pod().identity().namespace(),
        new FleetSummary.NamespaceFigures(1, traffic),
        FleetSummary.NamespaceFigures::plus);
    if (reading.assigned() != null) {
      for (String part : reading.assigned().parts()) {
        parts.merge(part, part(reading, part, traffic), FleetSummary.Part::plus);
      }
    }
  }

  private static FleetSummary.Part part(Session.Reading reading, String name, Traffic traffic) {
    SidecarReport last = reading.last();
    Assignment assigned = reading.assigned();
    boolean leftOut = assigned != null && assigned.leftOut().contains(name);
    boolean runs = reading.runsIt() && !leftOut;
    Session.Rates rates = runs ? reading.rates() : Session.Rates.NONE;
    return new FleetSummary.Part(
        1,
        runs ? 1 : 0,
        leftOut || last != null && last.refuses(objectOf(name)) ? 1 : 0,
        rates.spans(),
        rates.failed(),
        rates.spent(),
        runs && last != null ? last.spentOf(budgetOf(name)) : 0,
        traffic);
  }

  /** Of {@code SamplingPolicy shop/errors@…}: what stands before the hash. */
  private static String objectOf(String part) {
    return part.substring(0, part.lastIndexOf('@'));
  }

  /** Of {@code SamplingBudget shop/all@…}: all. */
  private static String budgetOf(String part) {
    return part.startsWith("SamplingBudget ")
        ? part.substring(part.indexOf('/') + 1, part.lastIndexOf('@'))
        : "";
  }

  private static Traffic traffic(SidecarReport report) {
    return new Traffic(
        report.received().spans(),
        report.received().bytes(),
        report.kept().spans(),
        report.dropped().spans(),
        report.failed(),
        report.shadowLess().spans(),
        report.shadowLess().bytes(),
        report.shadowMore().spans(),
        report.currency(),
        report.spent(),
        report.saved(),
        report.shadowLess().bytes() / 1e9 * report.pricePerGigabyte());
  }
}
