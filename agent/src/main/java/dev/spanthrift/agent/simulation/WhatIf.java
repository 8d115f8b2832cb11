package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.io.IOException;

/**
 * Runs recorded traffic through the production sampler in virtual time: what would have been kept?
 *
 * <p>One pass, in the order of arrival. Each pod ticks once a second; pauses in which nothing can
 * happen any more are stepped over. The same question over the same traffic has the same answer.
 */
public final class WhatIf {
  private static final int SPANS_PER_REQUEST_MAX = 1 << 20;
  private static final long TICK_NANOS = 1_000_000_000L;
  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);

  private final RecordedTraffic traffic;
  private final Question question;
  private final Scanner scanner = new Scanner(SPANS_PER_REQUEST_MAX);
  private final Scanner shippedScanner = new Scanner(SPANS_PER_REQUEST_MAX);
  private final Outcomes books = new Outcomes(new SpanNames(NOTHING));
  private final Fleet fleet;
  private final Onlooker watcher;
  private final long quietNanos;

  private long requests;
  private long first;
  private long last;
  private long nextTick;

  /** Told how far it is and given what is kept; both may do nothing. */
  public interface Onlooker {
    Onlooker NONE = new Onlooker() {};

    /** After each request. */
    default void read(long requests) throws InterruptedException {}

    /** Each request of kept spans, as it would leave. */
    default void shipped(byte[] request) {}
  }

  private WhatIf(RecordedTraffic traffic, Question question, Onlooker watcher) {
    this.traffic = traffic;
    this.question = question;
    this.watcher = watcher;
    fleet = new Fleet(question, books, this::shipped);
    quietNanos =
        2 * question.allocation().askAfter().toNanos()
            + question.sampler().hold().ageMax().toNanos();
  }

  /**
   * Answers a question.
   *
   * @throws IOException if the traffic cannot be read, or a request in it is damaged
   * @throws dev.spanthrift.sampler.policy.document.InvalidPolicyException if the policies make no
   *     sense
   * @throws InterruptedException when it is to stop
   */
  public static WhatIfAnswer answer(RecordedTraffic traffic, Question question, Onlooker watcher)
      throws IOException, InterruptedException {
    WhatIf run = new WhatIf(traffic, question, watcher);
    try (Fleet fleet = run.fleet) {
      run.play();
      return new AnswerMaker(question, run.books, fleet)
          .make(run.requests, (run.last - run.first) / 1e9);
    }
  }

  private void play() throws IOException, InterruptedException {
    try (RecordedTraffic.Reader reader = traffic.open()) {
      for (byte[] request = reader.next(); request != null; request = reader.next()) {
        advance(reader.nanos());
        receive(request);
        watcher.read(++requests);
      }
    }
    long end = last + quietNanos;
    tickUntil(end);
    fleet.end(end);
    books.close();
  }

  private void receive(byte[] request) throws IOException {
    try {
      Batch batch = scanner.scan(request, 0, request.length);
      books.received(batch);
      fleet.receive(request, scanner, batch, last);
    } catch (MalformedException | TooManySpansException e) {
      throw new IOException("request " + requests + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Lets time pass until a request comes; recorded times may step back, ours does not. */
  private void advance(long nanos) throws InterruptedException {
    if (requests == 0) {
      first = nanos;
      last = nanos;
      nextTick = nanos + TICK_NANOS;
    }
    long now = Math.max(last, nanos);
    tickUntil(Math.min(now, last + quietNanos));
    if (nextTick <= now - TICK_NANOS) {
      nextTick += (now - nextTick) / TICK_NANOS * TICK_NANOS;
    }
    tickUntil(now);
    last = now;
  }

  private void tickUntil(long now) throws InterruptedException {
    for (; nextTick <= now; nextTick += TICK_NANOS) {
      fleet.tick(nextTick);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void shipped(byte[] request) {
    books.shipped(shippedScanner.scan(request, 0, request.length));
    watcher.shipped(request);
  }
}
