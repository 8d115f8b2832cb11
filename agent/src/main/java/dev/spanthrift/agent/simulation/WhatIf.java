package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.io.IOException;

/**
 * Runs recorded traffic through the production sampler in virtual time: what would have been kept?
 *
 * <p>The same question over the same traffic has the same answer.
 */
public final class WhatIf implements Playback.Listener {
  private static final int SPANS_PER_REQUEST_MAX = 1 << 20;
  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);

  private final Question question;
  private final Scanner shippedScanner = new Scanner(SPANS_PER_REQUEST_MAX);
  private final Outcomes books = new Outcomes(new SpanNames(NOTHING));
  private final Fleet fleet;
  private final Playback playback;
  private final Onlooker watcher;

  /** Told how far it is and given what is kept; both may do nothing. */
  public interface Onlooker {
    Onlooker NONE = new Onlooker() {};

    /** After each request. */
    default void read(long requests) throws InterruptedException {}

    /** Each request of kept spans, as it would leave. */
    default void shipped(byte[] request) {}
  }

  private WhatIf(RecordedTraffic traffic, Question question, Onlooker watcher) {
    this.question = question;
    this.watcher = watcher;
    fleet = new Fleet(question, books, this::shipped);
    playback = new Playback(traffic, question, fleet, this);
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
      run.playback.play();
      run.books.close();
      return new AnswerMaker(question, run.books, fleet)
          .make(run.playback.requests(), run.playback.seconds());
    }
  }

  @Override
  public void received(Batch batch) {
    books.received(batch);
  }

  @Override
  public boolean read(long requests) throws InterruptedException {
    watcher.read(requests);
    return true;
  }

  private void shipped(byte[] request) {
    books.shipped(shippedScanner.scan(request, 0, request.length));
    watcher.shipped(request);
  }
}
