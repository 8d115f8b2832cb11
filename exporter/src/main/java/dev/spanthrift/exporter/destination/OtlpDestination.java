package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.destination.DestinationSettings.Limits;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Queue, pump and retries in front of one {@link Sender}.
 *
 * <p>Has no thread: whoever offers, answers or rings the timer sends what may go. Assumes nothing
 * about these threads. Guarantees: one thread pumps at a time (the compressor needs that), senders
 * are called without the lock held, and at any time taken = shipped + queued + failed.
 */
final class OtlpDestination implements Destination {
  /** Charged for each waiting request beside its bytes, so that empty ones are bounded too. */
  static final int OVERHEAD_BYTES = 128;

  private static final String RETRIES_EXHAUSTED = "retries_exhausted";
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  private final String name;
  private final Limits limits;
  private final long elapsedNanosMax;
  private final long pauseNanosMax;
  private final Sender sender;
  private final Compressor compressor;
  private final Timer timer;
  private final Runnable afterClose;
  private final Backoff backoff;
  private final Complaints complaints;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<Pending> ready = new ArrayDeque<>();
  private final PriorityQueue<Pending> delayed =
      new PriorityQueue<>(Comparator.comparingLong((Pending p) -> p.dueNanos));
  private final Set<Pending> inFlight = new LinkedHashSet<>();
  private final Map<Signal, Tally> tallies = new EnumMap<>(Signal.class);
  private final Throttle throttle;
  private volatile long queuedBytes; // written under the lock, read by whoever asks for room
  private long wireBytes;
  private long retries;
  private long wakeNanos = Long.MAX_VALUE;
  private String lastError = "";
  private boolean open = true;
  private boolean closed;
  private boolean compressorClosed;

  /** Above 0 while a thread pumps; others add 1 and leave the work to it. */
  private final AtomicInteger pumpers = new AtomicInteger();

  OtlpDestination(
      DestinationSettings settings,
      Sender sender,
      Timer timer,
      RandomGenerator random,
      Runnable afterClose) {
    this.name = settings.name();
    this.limits = settings.limits();
    this.elapsedNanosMax = settings.retry().elapsedMax().toNanos();
    this.pauseNanosMax = Math.max(elapsedNanosMax, settings.retry().max().toNanos());
    this.sender = sender;
    this.compressor = Compressor.of(settings.compression());
    this.timer = timer;
    this.afterClose = afterClose;
    this.backoff = new Backoff(settings.retry(), random);
    this.throttle = new Throttle(limits.inFlightMax(), backoff);
    this.complaints = new Complaints(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean offer(Shipment shipment) {
    lock.lock();
    try {
      if (!open || (shipment.bytes() <= limits.requestBytesMax() && !hasRoomFor(shipment))) {
        return false;
      }
      Tally tally = tallies.computeIfAbsent(shipment.signal(), s -> new Tally());
      tally.take(shipment.items());
      if (shipment.bytes() > limits.requestBytesMax()) {
        tally.fail(shipment.items(), "too_large");
        lastError = "request of " + shipment.bytes() + " bytes exceeds requestBytesMax";
      } else {
        queuedBytes += shipment.bytes();
        Pending pending = new Pending(shipment);
        pending.takenNanos = timer.nanos();
        ready.add(pending);
      }
    } finally {
      lock.unlock();
    }
    pump();
    return true;
  }

  private boolean hasRoomFor(Shipment shipment) {
    long overhead = (1L + pendingCount()) * OVERHEAD_BYTES;
    // The overhead alone must not refuse a request into an empty queue that is as large as it.
    return queuedBytes == 0 && pendingCount() == 0
        ? shipment.bytes() <= limits.queueBytesMax()
        : queuedBytes + shipment.bytes() + overhead <= limits.queueBytesMax();
  }

  @Override
  public long queuedBytes() {
    return queuedBytes;
  }

  @Override
  public long queueBytesMax() {
    return limits.queueBytesMax();
  }

  private int pendingCount() {
    return ready.size() + delayed.size() + inFlight.size();
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

  /** Takes what may be sent now into flight; null when nothing may, with the alarm set. */
  private @Nullable Pending next() {
    lock.lock();
    try {
      if (closed || inFlight.size() >= throttle.limit() || (ready.isEmpty() && delayed.isEmpty())) {
        return null;
      }
      long now = timer.nanos();
      if (throttle.closedUntilNanos() > now) {
        wakeAt(throttle.closedUntilNanos(), now);
        return null;
      }
      Pending next = firstDue(now);
      if (next != null) {
        next.sentNanos = now;
        next.firstSentNanos = next.attempts == 0 ? now : next.firstSentNanos;
        next.attempts++;
        inFlight.add(next);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Pending firstDue(long now) {
    Pending again = delayed.peek();
    if (again != null && again.dueNanos <= now) {
      retries++;
      return delayed.poll();
    }
    if (again != null) {
      wakeAt(again.dueNanos, now);
    }
    Pending next = ready.poll();
    if (next != null && next.signal != Signal.PROFILES) { // specs W10: never merge profiles
      mergeFollowers(next);
    }
    return next;
  }

  private void mergeFollowers(Pending first) {
    long bytes = first.bytes;
    List<Pending> followers = List.of();
    for (Pending follower = ready.peek();
        follower != null
            && follower.signal == first.signal
            && bytes + follower.bytes <= limits.mergeBytesMax();
        follower = ready.peek()) {
      if (followers.isEmpty()) {
        followers = new ArrayList<>();
      }
      followers.add(ready.remove());
      bytes += follower.bytes;
    }
    if (!followers.isEmpty()) {
      first.merge(followers, bytes);
    }
  }

  private void wakeAt(long nanos, long now) {
    if (nanos < wakeNanos) {
      wakeNanos = nanos;
      timer.schedule(nanos - now, this::wake);
    }
  }

  private void wake() {
    lock.lock();
    wakeNanos = Long.MAX_VALUE;
    lock.unlock();
    pump();
  }

  private void send(Pending pending) {
    try {
      Body body = pending.body(compressor);
      lock.lock();
      wireBytes += body.length();
      lock.unlock();
      pending.sent(sender.send(pending.signal, body, outcome -> completed(pending, outcome)));
    } catch (RuntimeException e) {
      // A bug of ours must not stop the pump, nor reach the application.
      completed(pending, new Outcome.Failed("internal", e.toString()));
    }
  }

  private void completed(Pending pending, Outcome outcome) {
    @Nullable String complaint = null;
    lock.lock();
    try {
      if (!inFlight.remove(pending)) {
        return; // settled by drain or close
      }
      complaint = settle(pending, outcome);
      if (pendingCount() == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (complaint != null) {
      complaints.log(complaint, lastError, timer.nanos());
    }
    pump();
  }

  /** Books one outcome; returns the reason when there is something to complain about. */
  private @Nullable String settle(Pending pending, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> {
        throttle.answered();
        leave(pending).ship(pending.items, pending.bytes, accepted.rejected());
        yield accepted.message().isEmpty() && accepted.rejected() == 0
            ? null
            : complain("rejected", accepted.rejected() + " items rejected: " + accepted.message());
      }
      case Outcome.Failed failed -> {
        throttle.answered();
        leave(pending).fail(pending.items, failed.reason());
        yield complain(failed.reason(), failed.message());
      }
      case Outcome.Again again -> retry(pending, again);
    };
  }

  private String retry(Pending pending, Outcome.Again again) {
    long now = timer.nanos();
    long left = pending.firstSentNanos + elapsedNanosMax - now;
    if (again.throttle()) {
      throttle.refused(pending.sentNanos, now, again.delayNanos(), pauseNanosMax);
      if (again.delayNanos() >= pauseNanosMax) {
        giveUpOlderThan(now - pauseNanosMax);
      }
    }
    if (left <= 0) {
      leave(pending).fail(pending.items, RETRIES_EXHAUSTED);
      return complain(RETRIES_EXHAUSTED, again.reason() + " " + again.message());
    }
    // A longer wait than the request may have is cut to one last attempt at the end (specs C6).
    long wait = Math.min(backoff.nanosAfter(pending.attempts, again.delayNanos()), left);
    pending.dueNanos = now + wait;
    delayed.add(pending);
    return complain(again.reason(), again.message());
  }

  /**
   * A backend that wants to be left alone for longer than we may wait must not hold the buffer:
   * what has waited for a whole pause already goes (specs C6).
   */
  private void giveUpOlderThan(long takenNanos) {
    List<Pending> old = new ArrayList<>();
    ready.removeIf(p -> p.takenNanos <= takenNanos && old.add(p));
    delayed.removeIf(p -> p.takenNanos <= takenNanos && old.add(p));
    old.forEach(p -> leave(p).fail(p.items, RETRIES_EXHAUSTED));
  }

  private Tally leave(Pending pending) {
    pending.settle();
    queuedBytes -= pending.bytes;
    return tallies.computeIfAbsent(pending.signal, s -> new Tally());
  }

  private String complain(String reason, String message) {
    String text = reason + (message.isEmpty() ? "" : ": " + message);
    // One printable line, whatever a backend answers.
    String line = CONTROL.matcher(text).replaceAll(" ");
    lastError = line.length() > 500 ? line.substring(0, 500) + "…" : line;
    return reason;
  }

  @Override
  public DestinationStatus status() {
    boolean connected = sender.connected();
    lock.lock();
    try {
      Map<Signal, Counts> signals = new EnumMap<>(Signal.class);
      tallies.forEach((signal, tally) -> signals.put(signal, tally.counts()));
      return new DestinationStatus(
          name,
          connected,
          queuedBytes,
          limits.queueBytesMax(),
          wireBytes,
          retries,
          signals,
          lastError);
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
    List<Pending> flying = new ArrayList<>();
    lock.lock();
    try {
      open = false;
      closed = true;
      flying.addAll(inFlight);
      List<Pending> left = new ArrayList<>(inFlight);
      left.addAll(delayed);
      left.addAll(ready);
      inFlight.clear();
      delayed.clear();
      ready.clear();
      left.forEach(pending -> leave(pending).fail(pending.items, "shutdown"));
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
}
