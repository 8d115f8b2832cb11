package dev.spanthrift.agent.recording;

import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.signal.StableHash;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last spans received, as columns without payload, for questions about recent traffic.
 *
 * <p>Bounded by bytes and by age, in chunks of 4096 spans: the oldest chunk goes when there is no
 * room, counted as overwritten, or when all of it is too old, counted as expired. One thread
 * writes; any may take a snapshot, which shares the chunks.
 *
 * <p>A chunk that nobody shares is written anew: fresh ones, a quarter of a megabyte that lives
 * long, made a small heap collect twice as often.
 */
public final class SpanRing {
  private static final byte[] SERVICE = "service.name".getBytes(StandardCharsets.US_ASCII);
  private static final int KIND_UNKNOWN = 7;
  private static final int STATUS_UNKNOWN = 3;

  private static final int LEARNED_MAX = 16;
  private static final int LEARNED_PART = 4; // of the bytes
  private static final long CHUNK_BYTES = (long) SpanChunk.SPANS * SpanChunk.SPAN_BYTES;

  private final long bytesMax;
  private final long maxAgeMillis;
  private final long learnedBytesMax;
  private final ArrayDeque<LearnedBefore> learned = new ArrayDeque<>(); // the oldest first
  private long learnedBytes;
  private long learnedForgotten;
  private boolean beganWithLearned; // something was learned before the first span
  private final ArrayDeque<SpanChunk> chunks = new ArrayDeque<>();
  private final Operations operations = new Operations();
  private final ErrorSignatures signatures = new ErrorSignatures();
  private final Attributes attributes = new Attributes();
  private String[] services = new String[64]; // of operations
  private String[] names = new String[64];
  private String[] errors = new String[16]; // names of signatures

  // Of the resource at hand.
  private byte[] serviceBytes = {};
  private String service = "";
  private long serviceHash = StableHash.of(serviceBytes, 0, 0);

  private @Nullable SpanChunk current; // none until the first span
  private long recorded;
  private long overwritten;
  private long expired;
  private long sampledUpstream;

  /**
   * Spans in it and spans gone.
   *
   * @param recorded = held + overwritten + expired
   * @param sampledUpstream of the recorded, those with a threshold or randomness of their own: the
   *     columns do not know it
   * @param learnedForgotten how often something learned was forgotten for want of room, and would
   *     have been of use
   */
  public record Recorded(
      long recorded,
      long held,
      long overwritten,
      long expired,
      long sampledUpstream,
      long learnedForgotten) {}

  /**
   * What the sampler had learned at a time.
   *
   * @param snapshot as {@link dev.spanthrift.sampler.LearnedState} writes it; nobody changes it
   */
  public record LearnedBefore(long unixMillis, byte[] snapshot) {}

  /**
   * Makes an empty one.
   *
   * @param bytesMax at least two chunks are held, half a megabyte
   */
  public SpanRing(long bytesMax, Duration maxAge) {
    this.bytesMax = Math.max(2 * CHUNK_BYTES, bytesMax);
    maxAgeMillis = maxAge.toMillis();
    learnedBytesMax = Math.min(this.bytesMax / LEARNED_PART, this.bytesMax - 2 * CHUNK_BYTES);
  }

  /**
   * Takes what the sampler has learned by now, so that whoever plays the recording need not begin
   * as a process does that has just started.
   *
   * <p>It takes the place of spans, at once. Of 17, or where they are more than a quarter of the
   * bytes, or more than two chunks leave, the one goes that leaves the smallest gap, counted as
   * forgotten. One is needed no more when there is a later one that is older than all spans.
   */
  public synchronized void learned(LearnedBefore now) {
    beganWithLearned |= recorded == 0;
    if (now.snapshot().length > learnedBytesMax) {
      learnedForgotten++;
      return;
    }
    learned.addLast(now);
    learnedBytes += now.snapshot().length;
    forgetLearned(now.unixMillis());
    while (learned.size() > LEARNED_MAX || learnedBytes > learnedBytesMax) {
      LearnedBefore least = leastMissed(now.unixMillis());
      learned.remove(least);
      learnedBytes -= least.snapshot().length;
      learnedForgotten++;
    }
    while (chunks.size() > chunksMax()) {
      overwritten += chunks.removeFirst().size;
    }
    forgetLearned(now.unixMillis());
  }

  private void forgetLearned(long unixMillis) {
    long first = firstMillis(unixMillis);
    while (learned.size() > 1 && second(learned).unixMillis() < first) {
      learnedBytes -= learned.removeFirst().snapshot().length;
    }
  }

  private static LearnedBefore second(ArrayDeque<LearnedBefore> of) {
    return of.stream().skip(1).findFirst().orElseThrow();
  }

  /** Before it no span came that is still read. */
  private long firstMillis(long unixMillis) {
    SpanChunk oldest = chunks.peekFirst();
    return oldest == null ? Long.MAX_VALUE : Math.max(oldest.baseMillis, unixMillis - maxAgeMillis);
  }

  /**
   * The first and the last stay as long as there are others. Of two, the newer goes: nothing can be
   * played with it before all spans of now are overwritten. But once spans are gone, not for one
   * that is from so long before the oldest as no span is kept.
   */
  private LearnedBefore leastMissed(long unixMillis) {
    LearnedBefore[] all = learned.toArray(new LearnedBefore[0]);
    if (all.length == 2) {
      boolean isStale =
          overwritten + expired > 0 && firstMillis(unixMillis) - all[0].unixMillis() > maxAgeMillis;
      return all[isStale ? 0 : 1];
    }
    LearnedBefore least = all[0];
    long gap = Long.MAX_VALUE;
    for (int i = 1; i < all.length - 1; i++) {
      long without = all[i + 1].unixMillis() - all[i - 1].unixMillis();
      if (without < gap) {
        gap = without;
        least = all[i];
      }
    }
    return least;
  }

  /** Records a batch. */
  public synchronized void record(Batch batch, long unixMillis) {
    int resource = -1;
    for (int row = 0; row < batch.size(); row++) {
      int at = batch.resourceOfScope(batch.scope(row));
      if (at != resource) {
        resource = at;
        readService(batch.resources(), at);
      }
      record(batch, row, unixMillis);
    }
  }

  /** A sidecar's requests all have one: its name is decoded and hashed when it changes. */
  private void readService(Envelopes resources, int row) {
    attributes.over(
        resources.messageBuffer(row),
        resources.messageOffset(row),
        resources.messageLength(row),
        Fields.ATTRIBUTES_OF_RESOURCE);
    boolean found = attributes.find(SERVICE) && attributes.readValue() == Attributes.STRING;
    byte[] buffer = attributes.buffer();
    int from = found ? attributes.valueOffset() : 0;
    int to = found ? from + attributes.valueLength() : 0;
    if (!Arrays.equals(serviceBytes, 0, serviceBytes.length, buffer, from, to)) {
      serviceBytes = Arrays.copyOfRange(buffer, from, to);
      service = new String(serviceBytes, StandardCharsets.UTF_8);
      serviceHash = StableHash.of(serviceBytes, 0, serviceBytes.length);
    }
  }

  private void record(Batch batch, int row, long unixMillis) {
    SpanChunk chunk = room(unixMillis);
    int i = chunk.size++;
    chunk.traceIdHigh[i] = batch.traceIdHigh(row);
    chunk.traceIdLow[i] = batch.traceIdLow(row);
    chunk.spanId[i] = batch.spanId(row);
    chunk.parentSpanId[i] = batch.parentSpanId(row);
    chunk.startNanos[i] = batch.startNanos(row);
    chunk.durationNanos[i] = batch.durationNanos(row);
    long sinceBase = unixMillis - chunk.baseMillis; // a clock that steps back gives no time before
    chunk.arrivalMillis[i] = (int) Math.clamp(sinceBase, 0, Integer.MAX_VALUE);
    chunk.bytes[i] = batch.bytes(row);
    chunk.operation[i] = (char) operation(batch, row);
    chunk.signature[i] = (char) (batch.isError(row) ? signature(batch, row) : 0);
    chunk.marks[i] = marks(batch, row);
    recorded++;
    if (batch.traceStateLength(row) > 0 && isSampled(batch, row)) {
      sampledUpstream++;
    }
  }

  private static boolean isSampled(Batch batch, int row) {
    byte[] buffer = batch.buffer();
    int at = batch.traceStateOffset(row);
    int length = batch.traceStateLength(row);
    long low = batch.traceIdLow(row);
    return TraceState.threshold(buffer, at, length) > 0
        || TraceState.randomness(buffer, at, length, low)
            != TraceState.randomness(buffer, at, 0, low);
  }

  private SpanChunk room(long unixMillis) {
    SpanChunk chunk = current;
    if (chunk == null || chunks.isEmpty() || chunk.size == SpanChunk.SPANS) {
      expire(unixMillis);
      SpanChunk spare = null;
      while (chunks.size() >= chunksMax()) {
        spare = chunks.removeFirst();
        overwritten += spare.size;
      }
      chunk = (spare == null || spare.isShared ? new SpanChunk() : spare).begin(unixMillis);
      current = chunk;
      chunks.addLast(chunk);
    }
    return chunk;
  }

  private int chunksMax() {
    return (int) Math.clamp((bytesMax - learnedBytes) / CHUNK_BYTES, 2, 1 << 20);
  }

  private void expire(long unixMillis) {
    while (!chunks.isEmpty() && chunks.getFirst().lastMillis() < unixMillis - maxAgeMillis) {
      expired += chunks.removeFirst().size;
    }
  }

  private int operation(Batch batch, int row) {
    int id =
        operations.intern(
            serviceHash, batch.buffer(), batch.nameOffset(row), batch.nameLength(row));
    if (id >= services.length) {
      services = Arrays.copyOf(services, Math.max(id + 1, services.length * 2));
      names = Arrays.copyOf(names, services.length);
    }
    if (services[id] == null) {
      services[id] = service;
      names[id] = operations.name(id);
    }
    return id;
  }

  private int signature(Batch batch, int row) {
    int body = batch.body(row);
    int id = signatures.intern(batch.buffer(), body, batch.end(row) - body);
    if (id >= errors.length) {
      errors = Arrays.copyOf(errors, Math.max(id + 1, errors.length * 2));
    }
    if (errors[id] == null) {
      errors[id] = id == ErrorSignatures.UNKNOWN ? "" : signatures.name(id);
    }
    return id;
  }

  private static char marks(Batch batch, int row) {
    int kind = Math.min(batch.kind(row), KIND_UNKNOWN);
    int status = Math.min(batch.statusCode(row), STATUS_UNKNOWN);
    int flags = batch.flags(row);
    return (char)
        (kind
            | status << 3
            | (batch.hasParent(row) ? SpanChunk.HAS_PARENT : 0)
            | ((flags & Fields.FLAG_HAS_IS_REMOTE) != 0 ? SpanChunk.KNOWS_REMOTE : 0)
            | ((flags & Fields.FLAG_IS_REMOTE) != 0 ? SpanChunk.IS_REMOTE : 0));
  }

  public synchronized Recorded counts() {
    long held = 0;
    for (SpanChunk chunk : chunks) {
      held += chunk.size;
    }
    return new Recorded(recorded, held, overwritten, expired, sampledUpstream, learnedForgotten);
  }

  /** What is in it now, the young enough part; later spans do not show in it. */
  public synchronized Snapshot snapshot(long unixMillis) {
    expire(unixMillis);
    List<SpanChunk> held = new ArrayList<>(chunks);
    if (chunks.isEmpty()) {
      current = null;
    }
    int[] sizes = new int[held.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = held.get(i).size;
      held.get(i).isShared = true;
    }
    forgetLearned(unixMillis);
    LearnedBefore oldest = learned.peekFirst();
    boolean isYoung = chunks.isEmpty() || chunks.getFirst().baseMillis >= unixMillis - maxAgeMillis;
    return new Snapshot(
        held,
        sizes,
        services.clone(),
        names.clone(),
        errors.clone(),
        unixMillis - maxAgeMillis,
        overwritten + expired == 0 && isYoung && !beganWithLearned,
        oldest != null && oldest.unixMillis() < firstMillis(unixMillis) ? oldest : null);
  }

  /** Spans of a moment, read again and again. */
  public static final class Snapshot {
    final List<SpanChunk> chunks;
    final int[] sizes;
    final String[] services;
    final String[] names;
    final String[] errors;
    final long fromMillis;
    private final boolean isWhole;
    private final @Nullable LearnedBefore learned;

    Snapshot(
        List<SpanChunk> chunks,
        int[] sizes,
        String[] services,
        String[] names,
        String[] errors,
        long fromMillis,
        boolean isWhole,
        @Nullable LearnedBefore learned) {
      this.isWhole = isWhole;
      this.learned = learned;
      this.chunks = chunks;
      this.sizes = sizes;
      this.services = services;
      this.names = names;
      this.errors = errors;
      this.fromMillis = fromMillis;
    }

    /** Whether it holds all that came since the process began, which had learned nothing before. */
    public boolean beginsWithTheProcess() {
      return isWhole;
    }

    /** Whether a replay may begin as this process did, or with what it had learned by then. */
    public boolean knowsItsBeginning() {
      return isWhole || learned != null;
    }

    /** What had been learned last when the oldest span came; null where that is not known. */
    public @Nullable LearnedBefore learned() {
      return learned;
    }

    /** A reader that begins with the oldest span. */
    public ColumnReader open() {
      return new ColumnReader(this);
    }

    /** Spans in its chunks; those of the oldest that are too old count, too. */
    public long spans() {
      return Arrays.stream(sizes).asLongStream().sum();
    }

    /** All spans of a trace that are in it, as one request; empty when there is none. */
    public byte[] trace(long traceIdHigh, long traceIdLow) {
      return open().trace(traceIdHigh, traceIdLow);
    }

    /** Number of requests that a reader will make. */
    public int requests() {
      ColumnReader reader = open();
      int requests = 0;
      while (reader.skip()) {
        requests++;
      }
      return requests;
    }
  }
}
