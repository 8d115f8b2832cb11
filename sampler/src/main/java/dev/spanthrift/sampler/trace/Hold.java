package dev.spanthrift.sampler.trace;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.ContextTable;
import java.time.Duration;

/**
 * The fragments that wait for their decision.
 *
 * <p>A fragment is due when every top span of it is a local root and nothing has arrived for the
 * pause; when nothing has arrived for the deadline; when it is too old; or, with a decision wait,
 * exactly that long after its first span. Above the memory bound the oldest are due at once. No
 * object per span: records in primitive chunks, bytes in blocks. Used by the one thread that holds
 * the pipeline's lock; times are nanoseconds of any clock that only moves forward.
 */
public final class Hold {
  public static final int NONE = Slots.NONE;

  private static final int WAITING = 0;
  private static final int LIMBO = 1;

  private final HoldSettings settings;
  private final ContextTable contexts;
  private final Slots slots;
  private final SpanRecords records = new SpanRecords();
  private final SliceStore slices;
  private final long pauseNanos;
  private final long deadlineNanos;
  private final long ageMaxNanos;
  private final long decisionWaitNanos; // -1 when not set
  private long[] scratch = new long[64];
  private int leaving; // spans of detached fragments

  public Hold(HoldSettings settings, SliceCodec codec, ContextTable contexts, int factWords) {
    this.settings = settings;
    this.contexts = contexts;
    slots = new Slots(factWords);
    slices = new SliceStore(codec, settings.rawBytesMax(), settings.bytesMax());
    pauseNanos = settings.pause().toNanos();
    deadlineNanos = settings.deadline().toNanos();
    ageMaxNanos = settings.ageMax().toNanos();
    Duration wait = settings.decisionWait();
    decisionWaitNanos = wait == null ? -1 : wait.toNanos();
  }

  /** The fragment of a trace, or {@link #NONE}. */
  public int find(long traceIdHigh, long traceIdLow) {
    return slots.find(traceIdHigh, traceIdLow);
  }

  /**
   * Opens a fragment.
   *
   * @param upstream threshold that the trace came with, −1 when unknown
   * @param version of the policies that were in force when it began: they decide it
   */
  public int open(
      long traceIdHigh, long traceIdLow, long randomness, long upstream, int version, long now) {
    int slot = slots.open(traceIdHigh, traceIdLow, randomness, upstream, version, false, now);
    slots.place(slot, now + (decisionWaitNanos >= 0 ? decisionWaitNanos : pauseNanos));
    return slot;
  }

  /**
   * Opens a fragment of one span whose trace nobody can name: no other span finds it, and it is due
   * at once.
   *
   * @param nameHigh what stands in the place of the trace id, likewise {@code nameLow}
   */
  public int openAlone(
      long nameHigh, long nameLow, long randomness, long upstream, int version, long now) {
    int slot = slots.open(nameHigh, nameLow, randomness, upstream, version, true, now);
    slots.place(slot, now);
    return slot;
  }

  /** Whether the fragment is one span whose trace nobody can name. */
  public boolean isAlone(int slot) {
    return slots.isAlone(slot);
  }

  /** Copies one span in. */
  public void add(
      int slot, Batch batch, int row, int context, int operation, int signature, long now) {
    int bytes = batch.bytes(row);
    long location = slices.add(batch.buffer(), batch.start(row), bytes);
    int flags =
        (batch.isError(row) ? Fragment.ERROR : 0)
            | (batch.isLocalRoot(row) ? Fragment.LOCAL_ROOT : 0)
            | (batch.hasParent(row) && batch.parentSpanId(row) == 0 ? Fragment.PARENT_UNKNOWN : 0);
    long duration = batch.durationNanos(row);
    int record =
        records.add(
            batch.spanId(row),
            batch.parentSpanId(row),
            duration,
            location,
            bytes,
            context,
            operation,
            signature,
            flags);
    contexts.retain(context);
    int before = slots.append(slot, record, bytes, batch.events(row), now);
    if (before != NONE) {
      records.setNext(before, record);
    }
    long start = batch.startNanos(row);
    if (start != 0) {
      slots.extend(slot, start, start + duration);
    }
    wake(slot, now + pauseNanos);
  }

  /** This span may have completed a fragment that would be looked at much later. */
  private void wake(int slot, long due) {
    if (decisionWaitNanos < 0 && slots.until(slot) > due && slots.state(slot) == WAITING) {
      slots.unplace(slot);
      slots.place(slot, due);
    }
  }

  /** The next fragment that is due, taken off the clock, or {@link #NONE}. */
  public int pollDue(long now) {
    while (true) {
      int slot = slots.poll(now);
      if (slot == NONE) {
        return NONE;
      }
      long due = due(slot);
      if (due <= now) {
        return slot;
      }
      slots.place(slot, due);
    }
  }

  private long due(int slot) {
    if (slots.isAlone(slot)) {
      return slots.firstSeen(slot);
    }
    if (decisionWaitNanos >= 0) {
      return slots.firstSeen(slot) + decisionWaitNanos;
    }
    long silence = hasEnded(slot) ? pauseNanos : deadlineNanos;
    return Math.min(slots.lastSeen(slot) + silence, slots.firstSeen(slot) + ageMaxNanos);
  }

  /** Whether every span is a local root or has its parent in the fragment. */
  private boolean hasEnded(int slot) {
    int mask = fillSpanIds(slot);
    for (int r = slots.head(slot); r != NONE; r = records.next(r)) {
      boolean root = (records.flags(r) & Fragment.LOCAL_ROOT) != 0;
      if (!root && !contains(records.parentId(r), mask)) {
        return false;
      }
    }
    return true;
  }

  private int fillSpanIds(int slot) {
    int capacity = Integer.highestOneBit(Math.max(16, slots.spans(slot))) * 4;
    if (scratch.length < capacity || scratch.length > capacity * 64) {
      scratch = new long[capacity];
    }
    java.util.Arrays.fill(scratch, 0, capacity, 0);
    int mask = capacity - 1;
    for (int r = slots.head(slot); r != NONE; r = records.next(r)) {
      long id = records.spanId(r);
      int at = spread(id) & mask;
      while (scratch[at] != 0 && scratch[at] != id) {
        at = (at + 1) & mask;
      }
      scratch[at] = id;
    }
    return mask;
  }

  private boolean contains(long id, int mask) {
    int at = spread(id) & mask;
    while (scratch[at] != 0) {
      if (scratch[at] == id) {
        return true;
      }
      at = (at + 1) & mask;
    }
    return false;
  }

  private static int spread(long id) {
    return (int) (id * 0x9e3779b97f4a7c15L >>> 40);
  }

  /** The oldest fragment while more waits than may, else {@link #NONE}. */
  public int pollPressed() {
    return isPressed() ? slots.oldest() : NONE;
  }

  /** Whether more fragments wait than may. */
  public boolean isFull() {
    return slots.size() > settings.tracesMax();
  }

  /** Whether more waits than may; what is detached is as good as gone. */
  public boolean isPressed() {
    if (isFull()) {
      return true;
    }
    long bytes = bytes();
    if (bytes <= settings.bytesMax()) {
      return false;
    }
    double staying = 1 - (double) leaving / Math.max(1, records.used());
    return bytes * staying > settings.bytesMax();
  }

  /** The oldest fragment, for shutdown, or {@link #NONE}. */
  public int oldest() {
    return slots.oldest();
  }

  /** The fragment that was opened next, or NONE. */
  public int younger(int slot) {
    return slots.younger(slot);
  }

  /** The fragment is decided and waits for its verdict; it comes up no more by itself. */
  public void limbo(int slot) {
    slots.unplace(slot);
    slots.setState(slot, LIMBO);
    slots.setUntil(slot, Long.MAX_VALUE);
  }

  /** Later spans of the trace begin a fragment of their own. */
  public void forget(int slot) {
    slots.forget(slot);
  }

  /** Fills the columns from the waiting spans. */
  public void load(int slot, Fragment into) {
    into.begin(slots.traceIdHigh(slot), slots.traceIdLow(slot), slots.randomness(slot));
    for (int r = slots.head(slot); r != NONE; r = records.next(r)) {
      into.add(
          records.spanId(r),
          records.parentId(r),
          0,
          records.duration(r),
          records.operation(r),
          records.signature(r),
          records.flags(r),
          records.bytes(r));
    }
    into.setTimes(slots.startNanos(slot), slots.endNanos(slot));
    into.setUpstreamThreshold(slots.upstream(slot));
  }

  /** Whether any span of a fragment has status ERROR. */
  public boolean hasError(int slot) {
    for (int r = slots.head(slot); r != NONE; r = records.next(r)) {
      if ((records.flags(r) & Fragment.ERROR) != 0) {
        return true;
      }
    }
    return false;
  }

  /** What is known of one span beside its bytes. */
  public interface SpanVisitor {
    void accept(int operation, int signature, int flags, long durationNanos, int bytes);
  }

  /** Shows every span of a fragment, without reading their bytes. */
  public void visit(int slot, SpanVisitor visitor) {
    for (int r = slots.head(slot); r != NONE; r = records.next(r)) {
      visitor.accept(
          records.operation(r),
          records.signature(r),
          records.flags(r),
          records.duration(r),
          records.bytes(r));
    }
  }

  /** Threshold that the trace came with, −1 when unknown. */
  public long upstream(int slot) {
    return slots.upstream(slot);
  }

  /** The first span of a fragment, or {@link #NONE}. */
  public int firstSpan(int slot) {
    return slots.head(slot);
  }

  /** Calls back with the span's bytes; the answer is the next span of its fragment or NONE. */
  public int readSpan(int span, SpanConsumer consumer) {
    int offset = slices.read(records.location(span));
    consumer.accept(records.context(span), slices.readBuffer(), offset, records.bytes(span));
    return records.next(span);
  }

  public int contextOf(int span) {
    return records.context(span);
  }

  public int bytesOf(int span) {
    return records.bytes(span);
  }

  /** One waiting span's bytes: its field with tag and length; valid during the call. */
  public interface SpanConsumer {
    void accept(int context, byte[] buffer, int offset, int length);
  }

  /** Takes a fragment out: no span joins it any more, its spans stay readable until released. */
  public void detach(int slot) {
    leaving += slots.spans(slot);
    slots.detach(slot);
  }

  /** Lets a detached fragment and all its spans go. */
  public void release(int slot) {
    leaving -= slots.spans(slot);
    int record = slots.head(slot);
    while (record != NONE) {
      int following = records.next(record);
      slices.release(records.location(record));
      contexts.release(records.context(record));
      records.release(record);
      record = following;
    }
    slots.release(slot);
  }

  public long traceIdHigh(int slot) {
    return slots.traceIdHigh(slot);
  }

  public long traceIdLow(int slot) {
    return slots.traceIdLow(slot);
  }

  public long randomness(int slot) {
    return slots.randomness(slot);
  }

  public int version(int slot) {
    return slots.version(slot);
  }

  /** Whether the fragment is decided and waits for its verdict. */
  public boolean isInLimbo(int slot) {
    return slots.state(slot) == LIMBO;
  }

  public long firstSeen(int slot) {
    return slots.firstSeen(slot);
  }

  public int spans(int slot) {
    return slots.spans(slot);
  }

  public long events(int slot) {
    return slots.events(slot);
  }

  public int bytes(int slot) {
    return slots.bytes(slot);
  }

  /** Where the facts of a fragment are; its words begin at {@link #factsOffset}. */
  public long[] facts(int slot) {
    return slots.facts(slot);
  }

  public int factsOffset(int slot) {
    return slots.factsOffset(slot);
  }

  /** Fragments that wait. */
  public int traces() {
    return slots.size();
  }

  /** Spans that wait. */
  public int spans() {
    return records.used();
  }

  /** Memory of all that waits: blocks, records, fragments, contexts, with what is spare in them. */
  public long bytes() {
    long own = slices.bytes() + records.bytes() + slots.bytes();
    return own + contexts.bytes() + (long) scratch.length * Long.BYTES;
  }

  public long bytesMax() {
    return settings.bytesMax();
  }
}
