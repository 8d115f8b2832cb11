package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.agent.control.source.SidecarReport;
import dev.spanthrift.agent.control.source.StreamMessage;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * One sidecar's stream. At most eight messages wait for it: who does not take them is sent away and
 * begins anew with what is then to be in force.
 */
final class Session {
  static final int WAITING_MAX = 8;
  private static final String BEAT = new StreamMessage.Heartbeat().text();

  private final Identity identity;
  private final Sinks.Many<String> out =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(WAITING_MAX));
  private @Nullable PodFacts pod;
  private @Nullable Assignment assigned;
  private String running = "";
  private @Nullable SidecarReport last;
  private long lastNanos;
  private Rates rates = Rates.NONE;
  private long saidNanos;
  private volatile long heardNanos;
  private boolean ended;

  /**
   * Between two reports.
   *
   * @param spans received in a second
   * @param failed spans in a second that could not be delivered
   * @param spent money in an hour
   */
  record Rates(double spans, double failed, double spent) {
    static final Rates NONE = new Rates(0, 0, 0);
  }

  Session(Identity identity, long nowNanos) {
    this.identity = identity;
    saidNanos = nowNanos;
    heardNanos = nowNanos;
  }

  Identity identity() {
    return identity;
  }

  Flux<String> messages() {
    return out.asFlux();
  }

  /** What it has and how it is labelled: the first message, and again with other labels. */
  synchronized void greet(StreamMessage.Hello hello, long nowNanos) {
    heardNanos = nowNanos;
    running = hello.have();
    pod = new PodFacts(identity, hello.labels());
  }

  synchronized @Nullable PodFacts pod() {
    return pod;
  }

  /** Says what is to be run, unless it was said before. */
  synchronized boolean assign(Assignment next, long nowNanos) {
    Assignment before = assigned;
    if (before != null && before.hash().equals(next.hash())) {
      assigned = next; // made from other objects, perhaps
      return false;
    }
    assigned = next;
    boolean same = before == null && next.hash().equals(running);
    say(same ? new StreamMessage.Same(next.hash()).text() : next.text(), nowNanos);
    return !same;
  }

  synchronized void report(SidecarReport report, long nowNanos) {
    heardNanos = nowNanos;
    SidecarReport before = last;
    if (before != null && nowNanos > lastNanos) {
      double seconds = (nowNanos - lastNanos) / 1e9;
      rates =
          new Rates(
              more(report.received().spans(), before.received().spans()) / seconds,
              more(report.failed(), before.failed()) / seconds,
              // A new period begins at nothing.
              Math.max(0, report.spent() - before.spent()) / seconds * 3600);
    }
    last = report;
    lastNanos = nowNanos;
    running = report.hash();
  }

  /** Counts begin anew with a restart of the container, which opens a stream of its own. */
  private static double more(long now, long before) {
    return Math.max(0, now - before);
  }

  /** One reading of it. */
  record Reading(
      PodFacts pod,
      @Nullable Assignment assigned,
      boolean runsIt,
      @Nullable SidecarReport last,
      Rates rates) {}

  /** Null before it has said hello. */
  synchronized @Nullable Reading read() {
    PodFacts known = pod;
    if (known == null) {
      return null;
    }
    Assignment now = assigned;
    return new Reading(known, now, now != null && now.hash().equals(running), last, rates);
  }

  /** Something, when nothing was said for so long. */
  synchronized void beat(long nowNanos, long everyNanos) {
    if (nowNanos - saidNanos >= everyNanos) {
      say(BEAT, nowNanos);
    }
  }

  long silentNanos(long nowNanos) {
    return nowNanos - heardNanos;
  }

  private void say(String text, long nowNanos) {
    saidNanos = nowNanos;
    if (!ended && out.tryEmitNext(text).isFailure()) {
      end();
    }
  }

  /** Ends the stream from here. */
  synchronized void end() {
    if (!ended) {
      ended = true;
      out.tryEmitComplete();
    }
  }

  synchronized boolean isEnded() {
    return ended;
  }
}
