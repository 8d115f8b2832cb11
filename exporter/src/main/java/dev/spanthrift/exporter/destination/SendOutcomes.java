package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Timer;
import java.util.List;

/**
 * What becomes of a request that was sent, by what was answered: shipped, tried again, divided or
 * given up. All of it with the destination's lock held.
 */
final class SendOutcomes {
  private static final int ATTEMPTS_ALONE = 4;
  private static final String RETRIES_EXHAUSTED = "retries_exhausted";

  private final DestinationCounts books;
  private final WaitingLine waiting;
  private final Throttle throttle;
  private final Availability availability;
  private final Backoff backoff;
  private final Timer timer;
  private final long elapsedNanosMax;
  private final long pauseNanosMax;
  private final long queueBytesMax;
  private final DivisionBudget divisions = new DivisionBudget();
  private long answeredNanos = Long.MIN_VALUE;

  SendOutcomes(
      ExportSettings settings,
      DestinationCounts books,
      WaitingLine waiting,
      Throttle throttle,
      Availability availability,
      Backoff backoff,
      Timer timer) {
    this.books = books;
    this.waiting = waiting;
    this.throttle = throttle;
    this.availability = availability;
    this.backoff = backoff;
    this.timer = timer;
    elapsedNanosMax = settings.retry().elapsedMax().toNanos();
    pauseNanosMax = Math.max(elapsedNanosMax, settings.retry().max().toNanos());
    queueBytesMax = settings.limits().queueBytesMax();
  }

  /** Books one outcome; returns the reason to complain, empty when there is none. */
  String settle(Pending pending, SendResult outcome) {
    return switch (outcome) {
      case SendResult.Accepted accepted -> shipped(pending, accepted);
      case SendResult.Failed failed -> refused(pending, failed);
      case SendResult.Again again -> retry(pending, again);
    };
  }

  private String shipped(Pending pending, SendResult.Accepted accepted) {
    answered();
    if (pending.divided) {
      divisions.accepted();
    }
    books.shipped(pending, accepted.rejected());
    return accepted.message().isEmpty() && accepted.rejected() == 0
        ? ""
        : complain(accepted.kind(), words(accepted));
  }

  private static String words(SendResult.Accepted accepted) {
    return accepted.rejected() > 0
        ? accepted.rejected() + " items rejected: " + accepted.message()
        : accepted.message();
  }

  private void answered() {
    long now = timer.nanos();
    answeredNanos = now;
    throttle.answered();
    if (availability.isAway()) {
      waiting.wake();
    }
    availability.answered(now, books);
  }

  private String refused(Pending pending, SendResult.Failed failed) {
    answered();
    if (!failed.ofContent() || !divide(pending)) {
      books.failed(pending, failed.kind());
    }
    return complain(failed.kind(), failed.message());
  }

  /** Whether two requests wait in its place, as far as it can be divided and there is a reason. */
  private boolean divide(Pending pending) {
    if (!divisions.pay(2, timer.nanos())) {
      return false;
    }
    List<Pending> parts = Division.of(pending);
    if (parts.isEmpty()) {
      divisions.giveBack(2);
      return false;
    }
    books.divided(pending, parts);
    parts.forEach(waiting::add);
    return true;
  }

  private String retry(Pending pending, SendResult.Again again) {
    long now = timer.nanos();
    if (again.delayNanos() >= pauseNanosMax) {
      giveUpOlderThan(now - pauseNanosMax);
    }
    String complaint = complain(again.kind(), again.message());
    boolean wasAway = availability.isAway();
    if (again.throttle()
        && throttle.refused(pending.sentNanos, now, again.delayNanos(), pauseNanosMax)) {
      availability.failed(now, books, queueBytesMax);
    }
    boolean outage = again.throttle() && (wasAway || availability.isAway()); // has its own line
    long left = pending.firstSentNanos + elapsedNanosMax - now;
    if (othersPass(pending)
        && (left <= 0 || pending.attempts >= ATTEMPTS_ALONE)
        && divide(pending)) {
      return outage ? "" : complaint;
    }
    if (left <= 0) {
      books.failed(pending, RETRIES_EXHAUSTED);
      return complain(RETRIES_EXHAUSTED, again.kind() + " " + again.message());
    }
    // A longer wait than it may have is cut to one last attempt at the end (specs.md C6).
    long wait = Math.min(backoff.nanosAfter(pending.attempts, again.delayNanos()), left);
    waiting.addForAgain(pending, now + wait);
    return outage ? "" : complaint;
  }

  /** Then it is not the backend, and perhaps a part of the request that it cannot bear. */
  private boolean othersPass(Pending pending) {
    return pending.divided || answeredNanos > pending.firstSentNanos;
  }

  /**
   * A backend that wants to be left alone for longer than we may wait must not hold the buffer:
   * what has waited for a whole pause already goes (specs.md C6).
   */
  private void giveUpOlderThan(long takenNanos) {
    waiting.removeOlderThan(takenNanos).forEach(p -> books.failed(p, RETRIES_EXHAUSTED));
  }

  private String complain(String reason, String message) {
    books.complaint(reason, message);
    return reason;
  }
}
