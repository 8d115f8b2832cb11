package dev.spanthrift.agent.control.front;

import java.util.ArrayDeque;

/**
 * Lets few requests be thought about at once, and none while clients leave too many answers lying.
 * Belongs to the event loop.
 *
 * <p>Changes go first, one place is kept for them, and answers that others leave lying do not stop
 * them: who reads must not keep the kill switch waiting. What they leave lying themselves does, at
 * twice the bytes.
 */
final class Workbench {
  private final ArrayDeque<FrontConnection> changes = new ArrayDeque<>();
  private final ArrayDeque<FrontConnection> waiting = new ArrayDeque<>();
  private final int workingMax;
  private final long answersBytesMax;
  private int working;
  private long answersBytes;

  Workbench(int workingMax, long answersBytesMax) {
    this.workingMax = workingMax;
    this.answersBytesMax = answersBytesMax;
  }

  void submit(FrontConnection connection, boolean isChange) {
    (isChange ? changes : waiting).add(connection);
    next();
  }

  /** One has been thought out, whether anybody still wants it or not. */
  void thought(int answerBytes) {
    working--;
    answersBytes += answerBytes;
    next();
  }

  /** One has been taken, or never will be. */
  void taken(int answerBytes) {
    answersBytes -= answerBytes;
    next();
  }

  /** Its connection is gone. */
  void forget(FrontConnection connection) {
    changes.remove(connection);
    waiting.remove(connection);
  }

  private void next() {
    while (working < workingMax && answersBytes < 2 * answersBytesMax && !changes.isEmpty()) {
      working++;
      changes.remove().think();
    }
    int readingMax = Math.max(1, workingMax - 1);
    while (working < readingMax && answersBytes < answersBytesMax && !waiting.isEmpty()) {
      working++;
      waiting.remove().think();
    }
  }
}
