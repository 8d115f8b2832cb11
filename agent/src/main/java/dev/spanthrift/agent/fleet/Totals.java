package dev.spanthrift.agent.fleet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * This pod's numbers that only count what it did, and the fleet's sums of them.
 *
 * <p>The engine remembers how much of each pod's numbers is in the sums, so that a call that is
 * made twice, or whose answer is lost, counts once. An engine that has forgotten everything gets
 * the last sums back from the pod that comes first. The first number is the level's: money that
 * came in less what was spent or is reserved. Used by one thread, but for {@link #count} and the
 * readers.
 */
final class Totals {
  /** The level, and what {@link FleetCounts} counts. */
  static final int SIZE = 1 + FleetCounts.SIZE;

  private final double[] own = new double[SIZE];
  private final double[] acknowledged = new double[SIZE];
  private final double[] sent = new double[SIZE];
  private final double[] fleet = new double[SIZE];
  private final boolean shared;
  private double levelWhenKnown;
  private boolean known;
  private double early; // money that came in before the engine was reached

  /**
   * @param shared whether the level is the fleet's, or this pod's alone
   */
  Totals(boolean shared) {
    this.shared = shared;
  }

  /** Adds to the level. */
  synchronized void level(double amount) {
    own[0] += amount;
  }

  /**
   * Adds money that came in. Until the engine has answered it waits: where a fleet is there
   * already, its money is, too.
   */
  synchronized void inflow(double amount) {
    if (known || !shared) {
      own[0] += amount;
    } else {
      early += amount;
    }
  }

  /**
   * Says what the first answer, or none, means for the money that waits.
   *
   * @param fleetIsThere whether others have reported before
   */
  synchronized void founded(boolean fleetIsThere) {
    own[0] += fleetIsThere ? 0 : early;
    early = 0;
  }

  /** Replaces this pod's counts. */
  synchronized void count(double[] counts) {
    System.arraycopy(counts, 0, own, 1, SIZE - 1);
  }

  /** Lets what is above this expire; an engine does the same for a fleet. */
  synchronized void atMost(double amount) {
    if (!shared) {
      own[0] = Math.min(own[0], amount);
    }
  }

  /** Whether the engine has told the sums at least once. */
  synchronized boolean isKnown() {
    return known;
  }

  /** Whether so much was spent, reserved or allowed that the other pods should know. */
  synchronized boolean isSumDue(double pods) {
    double moved = own[0] - acknowledged[0];
    return !known || (shared && SumsTiming.isMoneyDue(moved, level(), pods));
  }

  /** Begins a call: what it says now is acknowledged by its answer. */
  synchronized byte[][] send() {
    System.arraycopy(own, 0, sent, 0, SIZE);
    return new byte[][] {pack(own), pack(acknowledged), pack(fleet)};
  }

  synchronized void take(ByteBuffer totals) {
    for (int i = 0; i < SIZE; i++) {
      fleet[i] = totals.getDouble();
    }
    System.arraycopy(sent, 0, acknowledged, 0, SIZE);
    levelWhenKnown = fleet[0];
    known = true;
  }

  /** The fleet's level with what this pod did since the engine told it. */
  synchronized double level() {
    return shared ? fleet[0] + own[0] - acknowledged[0] : own[0];
  }

  /**
   * The level while the engine is away: this pod's part of the last one, changed by what it did
   * since, as if all did the same.
   */
  synchronized double levelAlone(double pods) {
    if (!shared) {
      return own[0];
    }
    return levelWhenKnown + (own[0] - acknowledged[0]) * pods;
  }

  /** The fleet's sums with what this pod has not told yet. */
  synchronized double[] fleet() {
    double[] sums = new double[SIZE];
    Arrays.setAll(sums, i -> fleet[i] + own[i] - acknowledged[i]);
    return sums;
  }

  private static byte[] pack(double[] numbers) {
    ByteBuffer out = ByteBuffer.allocate(8 * SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (double number : numbers) {
      out.putDouble(number);
    }
    return out.array();
  }
}
