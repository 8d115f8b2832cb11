package dev.spanthrift.sampler;

import dev.spanthrift.sampler.trace.Hold;
import dev.spanthrift.sampler.wire.RequestWriter;
import dev.spanthrift.sampler.wire.Scratch;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What is kept, on its way out: fragments until they are stamped, spans until their request leaves.
 *
 * <p>No request grows above its bound by more than one span: a trace larger than that leaves in
 * several. Spans that come after the decision are stamped as they come; where they alone make more
 * than {@link #LATE_BYTES_MAX}, full requests wait until they are asked for.
 */
final class Outbox {
  /** What gRPC servers take by default. */
  static final long LATE_BYTES_MAX = 4 << 20;

  private static final int LEAST_ROWS = 64;

  private final Hold hold;
  private final RequestWriter writer;
  private final Stamper stamper;
  private final boolean stampAlways;
  private final boolean explicit; // no trace's randomness is in its id
  private final Hold.SpanConsumer plain;
  private final Hold.SpanConsumer stamping;

  private final Worth[] worthOf = Worth.values();
  private int[] slots = new int[LEAST_ROWS];
  private byte[] worths = new byte[LEAST_ROWS];
  private long[] thresholds = new long[LEAST_ROWS];
  private int count;
  private int stamped; // fragments of these
  private int record = Hold.NONE; // of the fragment at hand, the next to be stamped
  private long begunSpans; // of the fragment at hand, those that are stamped
  private long unstampedSpans;

  private final ArrayDeque<Full> full = new ArrayDeque<>();
  private long fullSpans;
  private long fullBytes;

  /** A request that is written. */
  private record Full(byte[] bytes, long spans, Worth worth) {}

  private boolean parted; // by worth, in requests of their own
  private Worth gathered = Worth.ORDINARY; // the best of what the writer has

  Outbox(Hold hold, RequestWriter writer, Stamper stamper, SamplerSettings settings) {
    this.hold = hold;
    this.writer = writer;
    this.stamper = stamper;
    stampAlways = settings.stampAlways();
    explicit = settings.randomness() == RandomnessSource.HASH;
    plain = writer::add;
    stamping =
        (context, buffer, offset, length) -> writer.add(context, buffer, offset, length, stamper);
  }

  /**
   * Whether from now on each request holds traces of one worth: only what waits alone can leave
   * alone.
   */
  void partByWorth(boolean on) {
    parted = on;
  }

  /** Takes a detached fragment, which is released once it is stamped. */
  void add(int slot, long threshold, Worth worth) {
    if (count == slots.length) {
      resize(Scratch.grown(count, count + 1));
    }
    slots[count] = slot;
    worths[count] = (byte) worth.ordinal();
    thresholds[count++] = threshold;
    unstampedSpans += hold.spans(slot);
  }

  /** What the spans that come by themselves from now on are worth. */
  void of(Worth worth) {
    gather(worth);
  }

  private void gather(Worth worth) {
    if (writer.spans() == 0) {
      gathered = worth;
    } else if (parted && gathered != worth) {
      close();
      gathered = worth;
    } else if (worth.ordinal() > gathered.ordinal()) {
      gathered = worth;
    }
  }

  private void close() {
    long spans = writer.spans();
    Full request = new Full(writer.finish(), spans, gathered);
    full.add(request);
    fullSpans += spans;
    fullBytes += request.bytes.length;
  }

  /** Takes one span as it is. */
  void add(int context, byte[] buffer, int offset, int length) {
    makeRoom(context, length);
    writer.add(context, buffer, offset, length);
  }

  /** Takes one span with another trace state. */
  void add(int context, byte[] buffer, int offset, int length, RequestWriter.TraceStateEdit edit) {
    makeRoom(context, length);
    writer.add(context, buffer, offset, length, edit);
  }

  /** Takes one span and stamps it. */
  void add(int context, byte[] buffer, int offset, int length, long threshold, long randomness) {
    makeRoom(context, length);
    stamper.begin(threshold, randomness, explicit);
    writer.add(context, buffer, offset, length, stamper);
  }

  private void makeRoom(int context, int length) {
    if (writer.spans() > 0 && writer.bytesWith(context, length) > LATE_BYTES_MAX) {
      close();
    }
  }

  /**
   * Puts kept spans back under resource and scope, with the threshold they passed, while the
   * request stays within its bound; a span that is larger by itself has a request of its own.
   *
   * @return whether there is more: ship, then call again
   */
  boolean stamp(long bytesMax) {
    if (parted && stamped == 0 && begunSpans == 0) {
      sortByWorth();
    }
    while (stamped < count) {
      gather(worthOf[worths[stamped]]);
      if (!stampFragment(slots[stamped], thresholds[stamped], bytesMax)) {
        return true;
      }
      hold.release(slots[stamped]);
      begunSpans = 0;
      stamped++;
    }
    count = 0;
    stamped = 0;
    resize(Scratch.rowsKept(slots.length, LEAST_ROWS));
    return false;
  }

  /** In counting sort: there are few worths. */
  private void sortByWorth() {
    int[] sortedSlots = new int[slots.length];
    long[] sortedThresholds = new long[thresholds.length];
    byte[] sortedWorths = new byte[worths.length];
    int to = 0;
    for (int worth = 0; worth < worthOf.length; worth++) {
      for (int i = 0; i < count; i++) {
        if (worths[i] == worth) {
          sortedSlots[to] = slots[i];
          sortedThresholds[to] = thresholds[i];
          sortedWorths[to++] = worths[i];
        }
      }
    }
    slots = sortedSlots;
    thresholds = sortedThresholds;
    worths = sortedWorths;
  }

  private void resize(int capacity) {
    if (capacity != slots.length) {
      slots = Arrays.copyOf(slots, capacity);
      worths = Arrays.copyOf(worths, capacity);
      thresholds = Arrays.copyOf(thresholds, capacity);
    }
  }

  /** Bytes of memory: requests that are written or being gathered, and what stays for the next. */
  long bytesHeld() {
    int row = Integer.BYTES + Long.BYTES + Byte.BYTES;
    return fullBytes + writer.bytesHeld() + (long) slots.length * row;
  }

  /** Whether it was stamped to its end. */
  private boolean stampFragment(int slot, long threshold, long bytesMax) {
    Hold.SpanConsumer way = threshold == 0 && !stampAlways ? plain : stamping;
    stamper.begin(threshold, hold.randomness(slot), explicit || hold.isAlone(slot));
    if (begunSpans == 0) {
      record = hold.firstSpan(slot);
    }
    while (record != Hold.NONE) {
      if (!fits(record, bytesMax)) {
        return false;
      }
      record = hold.readSpan(record, way);
      begunSpans++;
      unstampedSpans--;
    }
    return true;
  }

  private boolean fits(int span, long bytesMax) {
    return writer.spans() == 0
        || writer.bytesWith(hold.contextOf(span), hold.bytesOf(span)) <= bytesMax;
  }

  /** Kept and not yet stamped. */
  long unstampedSpans() {
    return unstampedSpans;
  }

  /** Kept and still in the hold: not stamped, or released with their fragment's last one. */
  long spansInHold() {
    return unstampedSpans + begunSpans;
  }

  /** Stamped and not yet shipped. */
  long shippableSpans() {
    return fullSpans + writer.spans();
  }

  long shippableBytes() {
    return fullBytes + writer.bytes();
  }

  /** Spans of the request that is shipped next; 0 when there is none. */
  long nextSpans() {
    Full next = full.peek();
    return next == null ? writer.spans() : next.spans;
  }

  /** What the request that is shipped next is worth: the best of what it holds. */
  Worth nextWorth() {
    Full next = full.peek();
    return next == null ? gathered : next.worth;
  }

  /** The next request. */
  byte[] ship() {
    Full next = full.poll();
    if (next == null) {
      return writer.finish();
    }
    fullSpans -= next.spans;
    fullBytes -= next.bytes.length;
    return next.bytes;
  }
}
