package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.Decisions;
import dev.spanthrift.sampler.budget.allocation.Verdicts;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.LearnedPart;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.Hold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fragments that policies leave to the budget: read, allocated, told, asked for.
 *
 * <p>A fragment stays in the hold, in limbo, until its verdict, which comes at once, at the next
 * tick, or at the end of the ledger's wait.
 */
final class Budgeting implements Verdicts<Budgeting.Waiter> {
  static final String DROPPED = "budget";
  static final String FREE = "budget:free";
  static final String POLICY_ELSEWHERE = "policy:elsewhere";

  /** One fragment in limbo. */
  static final class Waiter {
    final int slot;
    final long number; // of the decision in the log
    boolean kept;
    boolean free; // kept at a moment when nothing costs anything
    double probability;
    @Nullable String policy; // that gave the probability
    boolean gone; // decided under pressure: the verdict comes too late
    long lastPrice;

    Waiter(int slot, long number) {
      this.slot = slot;
      this.number = number;
    }
  }

  /** What becomes of a fragment. */
  interface Settlement {
    void decided(Waiter waiter, TraceClass traceClass, double price, double level);

    void keep(Waiter waiter, double probability, Worth worth, String reason);

    void drop(Waiter waiter, String reason);
  }

  private final Hold hold;
  private final Settlement settlement;
  private final PriceOf price;
  private final Treasury treasury;
  private final Allocation allocation;
  private final Decisions<Waiter> decisions;
  private final EdgeDurations edges = new EdgeDurations();
  private final FragmentReader reader;
  private final BudgetParts parts;
  private final Map<Integer, Waiter> waiters = new HashMap<>();
  private final String[] reasons = new String[TraceClass.values().length];

  Budgeting(
      BudgetParts parts,
      Hold hold,
      Operations operations,
      ErrorSignatures signatures,
      Settlement settlement) {
    this.hold = hold;
    this.settlement = settlement;
    price = parts.price();
    treasury = parts.treasury();
    allocation = allocation(parts);
    decisions =
        new Decisions<>(parts.allocation(), allocation, parts.ledger(), this::priceOf, this);
    reader = new FragmentReader(operations, signatures, edges);
    this.parts = parts;
    for (TraceClass traceClass : TraceClass.values()) {
      reasons[traceClass.ordinal()] = "budget:" + traceClass.name().toLowerCase(Locale.ROOT);
    }
    reasons[TraceClass.POLICY.ordinal()] = POLICY_ELSEWHERE;
  }

  /**
   * Whether policies may keep this fragment for certain; one beyond their share of the money is
   * allocated like everything else.
   */
  boolean admits(Fragment fragment) {
    return treasury.isFree() || treasury.admits(priceOf(fragment));
  }

  private long priceOf(Fragment fragment) {
    return price.price(fragment.bytes(), fragment.size());
  }

  private static Allocation allocation(BudgetParts parts) {
    return new Allocation(
        parts.allocation(), parts.purse(), parts.price(), parts.fleetSums(), parts.pod());
  }

  /** Takes a fragment that is due and that no policy decided. */
  void submit(int slot, long number, Fragment fragment, boolean first, double weight, long now) {
    Reading reading = new Reading();
    reader.read(fragment, reading);
    Waiter waiter = new Waiter(slot, number);
    waiters.put(slot, waiter);
    hold.limbo(slot);
    long part = first ? reading.path() : 0;
    waiter.free = treasury.isFree();
    if (waiter.free) {
      decisions.keepFree(waiter, reading, part, now);
    } else {
      decisions.submit(waiter, reading, part, weight, now);
    }
  }

  /** Tells and charges what a policy kept. */
  void keptByPolicy(Fragment fragment, double probability, long now) {
    decisions.keepByPolicy(
        fragment.traceIdHigh(),
        fragment.traceIdLow(),
        fragment.isRooted(),
        probability,
        priceOf(fragment),
        treasury.isFree(),
        now);
  }

  /** Whether other pods may keep what this one drops, and with a larger probability. */
  boolean asksOthers() {
    return !parts.ledger().isSolo();
  }

  /** Lets a fragment wait for the ledger to which a policy gave a probability below 1. */
  void sampledByPolicy(
      int slot,
      long number,
      Fragment fragment,
      double probability,
      boolean kept,
      String policy,
      long now) {
    Waiter waiter = new Waiter(slot, number);
    waiter.policy = policy;
    waiter.kept = kept;
    waiter.probability = probability;
    waiters.put(slot, waiter);
    hold.limbo(slot);
    Reading trace = Reading.ofTrace(fragment);
    decisions.sampleByPolicy(waiter, trace, probability, kept, treasury.isFree(), now);
  }

  /** Whether a tick would only let time pass. */
  boolean isAtRest() {
    return hasOwnTime() && waiters.isEmpty() && decisions.isAtRest();
  }

  boolean hasOwnTime() {
    return parts.ledger().isHere();
  }

  /** Charges one late span of a kept trace. */
  void spend(long traceIdHigh, long traceIdLow, int bytes, long now) {
    long cost = price.price(bytes, 1);
    if (treasury.isFree()) {
      decisions.arrived(cost, now);
    } else {
      decisions.spend(traceIdHigh, traceIdLow, cost, now);
    }
  }

  /** Takes the ledger's answers, if they have come. */
  void poll(long now) {
    decisions.poll(now);
  }

  /** Tells, asks, learns the level, computes the next prices. */
  void tick(long now) {
    edges.tick((int) (now / 1_000_000_000L));
    allocation.carryOver(treasury.carryOver(parts.allocation().carryOver()));
    decisions.tick(now);
  }

  /** Asks for all that waits; whether answers are still to come. */
  boolean askAll(long now) {
    return decisions.askAll(now);
  }

  /** What it has learned, in a fixed order. */
  List<LearnedPart> learned() {
    return learned(edges, allocation);
  }

  /** The same of tables that nobody uses. */
  List<LearnedPart> fresh() {
    return learned(new EdgeDurations(), allocation(parts));
  }

  private List<LearnedPart> learned(EdgeDurations ofEdges, Allocation ofMoney) {
    List<LearnedPart> all = new ArrayList<>();
    all.add(ofEdges);
    all.addAll(ofMoney.learned(parts.ledger().isSolo()));
    return all;
  }

  long folded() {
    return edges.folded() + allocation.folded();
  }

  long bytesHeld() {
    return edges.bytesHeld() + allocation.bytesHeld();
  }

  /** Arrays that are used again and again. */
  long scratchBytes() {
    return reader.bytesHeld() + decisions.bytesHeld();
  }

  EdgeDurations edges() {
    return edges;
  }

  Allocation allocation() {
    return allocation;
  }

  /** Ends the wait of a fragment now, by what this pod alone knows. */
  void settleNow(int slot) {
    Waiter waiter = take(slot);
    if (waiter == null) {
      return;
    }
    waiter.lastPrice = price.price(hold.bytes(slot), hold.spans(slot));
    waiter.gone = true;
    if (waiter.kept) {
      TraceClass unknown = TraceClass.BASE;
      settlement.keep(waiter, waiter.probability, worth(unknown), keptBy(waiter, unknown));
    } else {
      settlement.drop(waiter, droppedBy(waiter));
    }
  }

  private static Worth worth(TraceClass reason) {
    return switch (reason) {
      case ERROR -> Worth.ERROR;
      case SLOW -> Worth.SLOW;
      case NEW -> Worth.NEW;
      case POLICY -> Worth.RULE;
      case ORDINARY, BASE -> Worth.ORDINARY;
    };
  }

  private String keptBy(Waiter waiter, TraceClass reason) {
    if (waiter.policy != null && waiter.kept) {
      return waiter.policy;
    }
    return waiter.free ? FREE : reasons[reason.ordinal()];
  }

  private static String droppedBy(Waiter waiter) {
    return waiter.policy == null ? DROPPED : waiter.policy;
  }

  private @Nullable Waiter take(int slot) {
    return waiters.remove(slot);
  }

  private long priceOf(Waiter waiter) {
    return waiter.gone
        ? waiter.lastPrice
        : price.price(hold.bytes(waiter.slot), hold.spans(waiter.slot));
  }

  @Override
  public void decided(Waiter waiter, boolean kept, double probability) {
    waiter.kept = kept;
    waiter.probability = probability;
    if (!waiter.gone) {
      settlement.decided(
          waiter, allocation.reason(), (double) allocation.expectedWhole(), allocation.level());
    }
  }

  @Override
  public boolean isGone(Waiter waiter) {
    return waiter.gone;
  }

  /** Fragments that wait for the ledger. */
  int waiting() {
    return decisions.waiting();
  }

  @Override
  public void keep(Waiter waiter, double probability, TraceClass reason, boolean joined) {
    if (!waiter.gone) {
      take(waiter.slot);
      settlement.keep(waiter, probability, worth(reason), keptBy(waiter, reason));
    }
  }

  @Override
  public void drop(Waiter waiter, double probability) {
    if (!waiter.gone) {
      take(waiter.slot);
      settlement.drop(waiter, droppedBy(waiter));
    }
  }
}
