package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.transport.Compressor;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Timer;
import dev.spanthrift.sampler.Worth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Queue, pump and retries in front of one {@link Sender}.
 *
 * <p>Has no thread: whoever offers, answers or rings the alarm sends what may go. Assumes nothing
 * about these threads. Guarantees: one thread pumps at a time (the compressor needs that), senders
 * are called without the lock held, and at any time taken = shipped + queued + failed.
 */
final class OtlpDestination implements Destination {
  /** Charged for each request beside its bytes, so that empty ones are bounded too. */
  static final int OVERHEAD_BYTES = 128;

  private static final long ALARM_SLACK_NANOS = 1_000_000;
  private static final String TOO_LARGE = "too_large";
  private static final String INTERNAL = "internal";

  private final String name;
  private final Limits limits;
  private final Sender sender;
  private final Compressor compressor;
  private final Timer timer;
  private final Complaints complaints;
  private final Runnable afterClose;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final WaitingLine waiting;
  private final Set<Pending> inFlight = new LinkedHashSet<>();
  private final DestinationCounts books = new DestinationCounts();
  private final Throttle throttle;
  private final Availability availability;
  private final SendOutcomes outcomes;

  /** Bytes waiting that leave for errors; read without the lock. */
  private final AtomicLong yieldingBytes = new AtomicLong();

  /** Charged for the requests that wait, beside their bytes. */
  private final AtomicLong overheadBytes = new AtomicLong();

  private long order;
  private long alarmNanos = Long.MAX_VALUE;
  private boolean turnScheduled;
  private boolean open = true;
  private boolean closed;
  private boolean compressorClosed;

  /** Above 0 while a thread pumps; others add 1 and leave the work to it. */
  private final AtomicInteger pumpers = new AtomicInteger();

  OtlpDestination(
      ExportSettings settings,
      Sender sender,
      Timer timer,
      RandomGenerator random,
      Runnable afterClose) {
    this.name = settings.name();
    this.limits = settings.limits();
    this.sender = sender;
    this.compressor = Compressor.of(settings.compression());
    this.timer = timer;
    Backoff backoff = new Backoff(settings.retry(), random);
    this.complaints = new Complaints(name);
    this.afterClose = afterClose;
    this.waiting =
        new WaitingLine((int) Math.min(limits.mergeBytesMax(), limits.queueBytesMax() / 4));
    this.throttle = new Throttle(limits.inFlightMax(), backoff);
    this.availability = new Availability(name);
    this.outcomes =
        new SendOutcomes(settings, books, waiting, throttle, availability, backoff, timer);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean offer(Shipment shipment) {
    boolean tooLarge = shipment.bytes() > limits.requestBytesMax(); // specs.md C1
    String said = "";
    long now = timer.nanos();
    lock.lock();
    try {
      if (!open) {
        return false;
      }
      if (tooLarge) {
        books.taken(shipment);
        books.failed(new Pending(shipment, 0, now), TOO_LARGE);
        books.complaint(TOO_LARGE, shipment.bytes() + " bytes, above requestBytesMax");
        said = books.lastError();
      } else if (hasRoomFor(shipment) || makeRoomFor(shipment)) {
        books.taken(shipment);
        waiting.add(new Pending(shipment, order++, now));
        noteYielding();
        if (limits.mergeBytesMax() > 0) {
          pumpAfterThisTurn();
          return true;
        }
      } else {
        return false;
      }
    } finally {
      lock.unlock();
    }
    if (tooLarge) {
      complaints.log(TOO_LARGE, said, now);
    } else {
      pump();
    }
    return true;
  }

  /** What is worth less leaves, if that is enough. */
  private boolean makeRoomFor(Shipment shipment) {
    long needed = books.queuedBytes() + shipment.bytes() + OVERHEAD_BYTES - limits.queueBytesMax();
    if (waiting.yielding(shipment.worth()) < needed) {
      return false;
    }
    while (!hasRoomFor(shipment)) {
      Pending leaving = waiting.yield(shipment.worth());
      if (leaving == null) {
        return false;
      }
      books.failed(leaving, "queue_full_" + leaving.worth.text());
    }
    return true;
  }

  private void noteYielding() {
    yieldingBytes.set(waiting.yielding(Worth.LAST_TO_LEAVE));
    overheadBytes.set((long) pendingCount() * OVERHEAD_BYTES);
  }

  private boolean hasRoomFor(Shipment shipment) {
    long requests = pendingCount();
    // Its own overhead must not refuse a request as large as the queue when that is empty.
    long overhead = requests == 0 ? 0 : (requests + 1) * OVERHEAD_BYTES;
    return books.queuedBytes() + shipment.bytes() + overhead <= limits.queueBytesMax();
  }

  @Override
  public long queuedBytes() {
    return books.queuedBytes();
  }

  @Override
  public boolean isFull() {
    return queuedBytes() + overheadBytes.get() > queueBytesMax() * FULL;
  }

  @Override
  public boolean isFullOfTheBest() {
    return queuedBytes() + overheadBytes.get() - yieldingBytes() > queueBytesMax() * FULL;
  }

  @Override
  public long yieldingBytes() {
    return yieldingBytes.get();
  }

  @Override
  public long queueBytesMax() {
    return limits.queueBytesMax();
  }

  /**
   * What is in flight cannot leave for what is worth more, so that it takes about half of the queue
   * at most: another request goes out while less than a quarter is out there.
   */
  private boolean isMuchInFlight() {
    return inFlightBytes() > limits.queueBytesMax() / 4;
  }

  private long inFlightBytes() {
    long sum = 0;
    for (Pending pending : inFlight) {
      sum += pending.bytes;
    }
    return sum;
  }

  private int pendingCount() {
    return waiting.size() + inFlight.size();
  }

  private void pump() {
    if (pumpers.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      for (Pending next = next(); next != null; next = next()) {
        send(next);
      }
      closeCompressorAtEnd();
      seen = pumpers.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Takes what may be sent now into flight; null when nothing may, with the alarm set. */
  private @Nullable Pending next() {
    lock.lock();
    try {
      if (closed
          || waiting.size() == 0
          || inFlight.size() >= throttle.limit()
          || isMuchInFlight()) {
        return null;
      }
      long now = timer.nanos();
      if (throttle.closedUntilNanos() > now) {
        alarmAt(throttle.closedUntilNanos(), now);
        return null;
      }
      Pending next = waiting.next(now, availability.isAway());
      if (next == null) {
        alarmAt(waiting.nextDueNanos(), now);
        return null;
      }
      noteYielding();
      next.sentNanos = now;
      next.firstSentNanos = next.attempts == 0 ? now : next.firstSentNanos;
      next.attempts++;
      inFlight.add(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Lets the other offers of this turn of the event loop come first, to be merged. */
  private void pumpAfterThisTurn() {
    if (!turnScheduled) {
      turnScheduled = true;
      timer.schedule(0, () -> guarded(this::turn));
    }
  }

  /** A bug of ours is counted and said, and what comes next goes on. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      lock.lock();
      books.answered(INTERNAL);
      books.complaint(INTERNAL, e.toString());
      lock.unlock();
      complaints.log(INTERNAL, INTERNAL + ": " + e, timer.nanos());
    }
  }

  private void turn() {
    lock.lock();
    turnScheduled = false;
    lock.unlock();
    pump();
  }

  private void alarmAt(long nanos, long now) {
    if (nanos < alarmNanos) {
      alarmNanos = nanos;
      timer.schedule(nanos - now, () -> guarded(this::alarm));
    }
  }

  private void alarm() {
    lock.lock();
    // Otherwise an earlier alarm has replaced this one, and another is set. The slack is for two
    // clocks that round differently.
    if (alarmNanos <= timer.nanos() + ALARM_SLACK_NANOS) {
      alarmNanos = Long.MAX_VALUE;
    }
    lock.unlock();
    pump();
  }

  private void send(Pending pending) {
    try {
      EncodedBody body = pending.body(compressor);
      lock.lock();
      books.sent(body, pending.attempts > 1);
      lock.unlock();
      pending.sent(sender.send(pending.signal, body, outcome -> completed(pending, outcome)));
    } catch (RuntimeException e) {
      // A bug of ours must not stop the pump, nor reach the application.
      completed(pending, new SendResult.Failed(INTERNAL, e.toString(), false));
    }
  }

  private void completed(Pending pending, SendResult outcome) {
    String complaint;
    String text;
    lock.lock();
    try {
      if (!inFlight.remove(pending)) {
        return; // settled by drain or close
      }
      books.answered(outcome.kind());
      complaint = outcomes.settle(pending, outcome);
      noteYielding();
      text = books.lastError();
      if (pendingCount() == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (!complaint.isEmpty()) {
      complaints.log(complaint, text, timer.nanos());
    }
    pump();
  }

  @Override
  public DestinationStatus status() {
    boolean connected = sender.connected();
    lock.lock();
    try {
      return books.status(name, connected, availability.isAway(), limits.queueBytesMax());
    } finally {
      lock.unlock();
    }
  }

  /** Requests that may be in flight just now. */
  int inFlightLimit() {
    lock.lock();
    try {
      return throttle.limit();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void drain(Duration atMost) {
    lock.lock();
    try {
      open = false;
      throttle.open();
      waiting.wake();
      pumpAfterThisTurn();
      long left = atMost.toNanos();
      while (pendingCount() > 0 && left > 0 && !closed) {
        left = idle.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody wants us to end now: count the rest
    } finally {
      lock.unlock();
    }
    abandon();
  }

  private void abandon() {
    List<Pending> flying;
    lock.lock();
    try {
      open = false;
      closed = true;
      flying = new ArrayList<>(inFlight);
      inFlight.clear();
      flying.forEach(Pending::settle);
      flying.forEach(pending -> books.failed(pending, "shutdown"));
      waiting.removeAll().forEach(pending -> books.failed(pending, "shutdown"));
      idle.signalAll();
    } finally {
      lock.unlock();
    }
    flying.forEach(Pending::cancel);
  }

  @Override
  public void close() {
    abandon();
    sender.close();
    pump();
    afterClose.run();
  }

  /** Only the pumping thread may: it is the one that compresses. */
  private void closeCompressorAtEnd() {
    lock.lock();
    boolean end = closed && !compressorClosed;
    compressorClosed |= end;
    lock.unlock();
    if (end) {
      compressor.close();
    }
  }
}
