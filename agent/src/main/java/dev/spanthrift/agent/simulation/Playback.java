package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.io.IOException;

/**
 * Lets recorded requests arrive at a fleet in virtual time.
 *
 * <p>One pass, in the order of arrival. Each pod ticks once a second; pauses in which nothing can
 * happen any more are stepped over.
 */
final class Playback {
  private static final int SPANS_PER_REQUEST_MAX = 1 << 20;
  private static final long TICK_NANOS = 1_000_000_000L;

  private final RecordedTraffic traffic;
  private final Fleet fleet;
  private final Listener listener;
  private final long quietNanos;
  private final Scanner scanner = new Scanner(SPANS_PER_REQUEST_MAX);

  private long requests;
  private long first;
  private long last;
  private long nextTick;

  /** Sees what arrives, and says when nothing more is needed. */
  interface Listener {
    /** Before the fleet gets it. */
    void received(Batch batch);

    /** After each request; answers whether to go on. */
    boolean read(long requests) throws InterruptedException;

    /** After each second of the recording; likewise. */
    default boolean ticked() {
      return true;
    }
  }

  Playback(RecordedTraffic traffic, Question question, Fleet fleet, Listener listener) {
    this.traffic = traffic;
    this.fleet = fleet;
    this.listener = listener;
    quietNanos =
        2 * question.allocation().askAfter().toNanos()
            + question.sampler().hold().ageMax().toNanos();
  }

  /**
   * Plays all of it, then decides whatever still waits; or until the listener has enough.
   *
   * @throws IOException if the traffic cannot be read, or a request in it is damaged
   * @throws InterruptedException when it is to stop
   */
  void play() throws IOException, InterruptedException {
    try (RecordedTraffic.Reader reader = traffic.open()) {
      for (byte[] request = reader.next(); request != null; request = reader.next()) {
        if (!advance(reader.nanos())) {
          return;
        }
        receive(request);
        if (!listener.read(++requests)) {
          return;
        }
      }
    }
    long end = last + quietNanos;
    if (tickUntil(end)) {
      fleet.end(end);
    }
  }

  private void receive(byte[] request) throws IOException {
    try {
      Batch batch = scanner.scan(request, 0, request.length);
      listener.received(batch);
      fleet.receive(request, scanner, batch, last);
    } catch (MalformedException | TooManySpansException e) {
      throw new IOException("request " + requests + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Lets time pass until a request comes; recorded times may step back, ours does not. */
  private boolean advance(long nanos) throws InterruptedException {
    if (requests == 0) {
      first = nanos;
      last = nanos;
      nextTick = nanos + TICK_NANOS;
    }
    long now = Math.max(last, nanos);
    boolean goesOn = tickUntil(Math.min(now, last + quietNanos));
    if (nextTick <= now - TICK_NANOS) {
      nextTick += (now - nextTick) / TICK_NANOS * TICK_NANOS;
    }
    goesOn = goesOn && tickUntil(now);
    last = now;
    return goesOn;
  }

  private boolean tickUntil(long now) throws InterruptedException {
    for (; nextTick <= now; nextTick += TICK_NANOS) {
      fleet.tick(nextTick);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!listener.ticked()) {
        return false;
      }
    }
    return true;
  }

  long requests() {
    return requests;
  }

  /** From the first request to the last. */
  double seconds() {
    return (last - first) / 1e9;
  }
}
