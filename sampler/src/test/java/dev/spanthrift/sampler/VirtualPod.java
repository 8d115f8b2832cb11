package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One sampler with a budget, in virtual time; spans are encoded by hand, because the generated
 * classes would take most of the test's time.
 *
 * <p>The high half of a trace id is free for the test's own marks: randomness comes from the low.
 */
final class VirtualPod {
  static final long SECOND = 1_000_000_000L;
  static final long TICK = SECOND / 5;
  static final long EPOCH = 1_800_000_000L * SECOND;

  final Sampler sampler;
  final InProcessKeepLedger ledger;
  final Random random;
  long now = 7 * SECOND;
  long clockSkew;
  Allowance allowance;
  Consumer<byte[]> shipped = request -> {};

  private final Scanner scanner = new Scanner(100_000);
  private final ByteBuffer spans = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer span = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);

  VirtualPod(long seed, Allowance allowance, PriceOf price) {
    this(seed, allowance, price, ledger(true), new InProcessFleetSums(), "pod");
  }

  VirtualPod(
      long seed,
      Allowance allowance,
      PriceOf price,
      InProcessKeepLedger ledger,
      FleetSums sums,
      String name) {
    random = new Random(seed);
    this.allowance = allowance;
    this.ledger = ledger;
    AllocationSettings settings = AllocationSettings.DEFAULT.withCarryOver(Duration.ofSeconds(60));
    PolicySet policies = PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET));
    sampler =
        new Sampler(
            new SamplerSettings(hold(), 1000, true, 6),
            new PolicyJudge(policies),
            SliceCodec.deflate(),
            new BudgetParts(
                settings, () -> this.allowance, price, ledger, sums, name, Treasury.PLAIN));
  }

  /** Nothing waits long enough to be worth compressing. */
  private static HoldSettings hold() {
    HoldSettings plain = HoldSettings.DEFAULT;
    return new HoldSettings(
        Duration.ofMillis(100),
        plain.deadline(),
        plain.ageMax(),
        null,
        plain.bytesMax(),
        plain.bytesMax(),
        plain.tracesMax());
  }

  static InProcessKeepLedger ledger(boolean solo) {
    return new InProcessKeepLedger(solo, Duration.ofSeconds(30), 1 << 20);
  }

  /** What a test says of one span; the rest is as usual. */
  record Made(String name, double millis, boolean error, int padding) {
    static Made ok(String name) {
      return new Made(name, 10, false, 200);
    }
  }

  /** Sends a trace of one span with the next tick. */
  long trace(long mark, Made made) {
    long low = random.nextLong();
    add(mark | 1L << 62, low, 1, 0, made);
    return low;
  }

  /** Adds a span; a parent of 0 makes it a root. */
  void add(long high, long low, long id, long parent, Made made) {
    long start = EPOCH + now + clockSkew;
    add(high, low, id, parent, made, start, start + (long) (made.millis * 1e6));
  }

  void add(long high, long low, long id, long parent, Made made, long start, long end) {
    span.clear();
    bytes(span, 1, 16).order(ByteOrder.BIG_ENDIAN).putLong(high).putLong(low);
    span.order(ByteOrder.LITTLE_ENDIAN);
    bytes(span, 2, 8).putLong(id);
    if (parent != 0) {
      bytes(span, 4, 8).putLong(parent);
    }
    byte[] name = made.name.getBytes(StandardCharsets.UTF_8);
    bytes(span, 5, name.length).put(name);
    varint(span, 6 << 3);
    varint(span, 2); // a server's
    varint(span, 7 << 3 | 1);
    span.putLong(start);
    varint(span, 8 << 3 | 1);
    span.putLong(end);
    if (made.error) {
      ByteBuffer attribute = errorType("type of " + made.name);
      bytes(span, 9, attribute.remaining()).put(attribute);
      bytes(span, 15, 2);
      varint(span, 3 << 3);
      varint(span, 2);
    }
    bytes(span, 1000, made.padding);
    span.position(span.position() + made.padding);
    if (spans.remaining() < span.position() + 16) {
      flush();
    }
    bytes(spans, 2, span.position()).put(span.array(), 0, span.position());
  }

  /** A KeyValue. */
  private static ByteBuffer errorType(String type) {
    byte[] key = "error.type".getBytes(StandardCharsets.UTF_8);
    byte[] value = type.getBytes(StandardCharsets.UTF_8);
    ByteBuffer attribute = ByteBuffer.allocate(value.length + 32);
    bytes(attribute, 1, key.length).put(key);
    bytes(attribute, 2, 1 + sizeOf(value.length) + value.length);
    bytes(attribute, 1, value.length).put(value);
    return attribute.flip();
  }

  private static ByteBuffer bytes(ByteBuffer into, int field, int length) {
    varint(into, field << 3 | 2);
    varint(into, length);
    return into;
  }

  private static void varint(ByteBuffer into, int value) {
    int rest = value;
    while (rest > 127) {
      into.put((byte) (rest | 128));
      rest >>>= 7;
    }
    into.put((byte) rest);
  }

  private void flush() {
    int length = spans.position();
    if (length == 0) {
      return;
    }
    ByteBuffer request = ByteBuffer.allocate(length + 32);
    int scope = 1 + sizeOf(length) + length;
    bytes(request, 1, scope);
    bytes(request, 2, length);
    request.put(spans.array(), 0, length);
    spans.clear();
    sampler.hold(scanner.scan(request.array(), 0, request.position()), now);
  }

  private static int sizeOf(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Decides what waits, before the budget has ticked. */
  void decideWithoutTick() {
    flush();
    sampler.decide(now + TICK);
  }

  /** Ends a fifth of a second. */
  void tick() {
    flush();
    now += TICK;
    sampler.decide(now);
    sampler.tell(now);
    sampler.stamp();
    if (sampler.shippableSpans() > 0) {
      shipped.accept(sampler.ship());
    }
  }

  /** So many seconds; each tick the caller sends what it likes. */
  void run(double seconds, Runnable send) {
    for (int i = 0; i < seconds * SECOND / TICK; i++) {
      send.run();
      tick();
    }
  }

  /** Traces per tick for a rate that need not be whole. */
  int count(double perSecond) {
    double mean = perSecond * TICK / SECOND;
    int whole = (int) mean;
    return whole + (random.nextDouble() < mean - whole ? 1 : 0);
  }

  void end() {
    flush();
    sampler.decideAll(now);
    sampler.stamp();
    if (sampler.shippableSpans() > 0) {
      shipped.accept(sampler.ship());
    }
  }

  /** Everything learned, as a file would hold it. */
  byte[] snapshot(long unixMillis) {
    LearnedState.Writer writer = sampler.learned(unixMillis);
    boolean more = true;
    while (more) {
      more = writer.step(now);
    }
    return writer.finish();
  }
}
