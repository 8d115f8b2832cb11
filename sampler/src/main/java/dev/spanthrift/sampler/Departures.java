package dev.spanthrift.sampler;

import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.trace.Hold;

/** Fragments that leave the hold, kept or dropped: counted, remembered, let go. */
final class Departures {
  private final Hold hold;
  private final DecisionMemory memory;
  private final JudgeVersions judges;
  private final Outbox outbox;
  private final FateBooks books;
  private final DecisionNotes notes;
  private final FateTables tables;

  Departures(
      Hold hold,
      DecisionMemory memory,
      JudgeVersions judges,
      Outbox outbox,
      FateBooks books,
      DecisionNotes notes,
      FateTables tables) {
    this.hold = hold;
    this.memory = memory;
    this.judges = judges;
    this.outbox = outbox;
    this.books = books;
    this.notes = notes;
    this.tables = tables;
  }

  void decided(int slot, double probability) {
    books.decided(idHigh(slot), idLow(slot), probability);
  }

  /**
   * Keeps a fragment.
   *
   * @param number of the decision in the log
   * @param probability that its spans carry
   * @param unchanged whether its spans leave as they are, and those that come late too
   */
  void keep(
      int slot,
      long number,
      double probability,
      long threshold,
      boolean unchanged,
      Worth worth,
      String reason) {
    notes.settled(number, true, probability, reason);
    books.kept(
        idHigh(slot), idLow(slot), hold.spans(slot), hold.bytes(slot), hold.events(slot), reason);
    tables.kept(slot, threshold);
    remember(slot, unchanged ? DecisionMemory.KEPT_UNCHANGED : threshold);
    leave(slot);
    outbox.add(slot, threshold, hold.hasError(slot) ? Worth.ERROR : worth);
  }

  void drop(int slot, long number, String reason) {
    notes.settled(number, false, 0, reason);
    remember(slot, DecisionMemory.DROPPED);
    dropForgotten(slot, reason);
  }

  /** Drops a fragment; spans of its trace that come later are judged anew. */
  void dropForgotten(int slot, String reason) {
    tables.dropped(slot);
    books.dropped(
        idHigh(slot), idLow(slot), hold.spans(slot), hold.bytes(slot), hold.events(slot), reason);
    leave(slot);
    hold.release(slot);
  }

  private void leave(int slot) {
    judges.release(hold.version(slot));
    hold.detach(slot);
  }

  /** As it was received: nothing where no trace id was valid. */
  private long idHigh(int slot) {
    return hold.isAlone(slot) ? 0 : hold.traceIdHigh(slot);
  }

  private long idLow(int slot) {
    return hold.isAlone(slot) ? 0 : hold.traceIdLow(slot);
  }

  private void remember(int slot, long decision) {
    if (!hold.isAlone(slot)) {
      memory.remember(hold.traceIdHigh(slot), hold.traceIdLow(slot), decision);
    }
  }
}
