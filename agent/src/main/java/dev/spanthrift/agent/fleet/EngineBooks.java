package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.timer.Guarded;
import io.lettuce.core.SetArgs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's counts and books as the engine has them: read once when this pod joins, left there
 * now and then by one of the pods, and put back by the next one when the engine has lost them.
 */
final class EngineBooks implements FleetCounts {
  private static final Duration LIFE = Duration.ofDays(40);

  private final byte[] key;
  private final Totals totals;
  private final RedisFleetSums sums;
  private final Executor thread;
  private final Consumer<Throwable> failed;
  private final AtomicReference<@Nullable LeftBooks> toLeave = new AtomicReference<>();
  private final Guarded unpacking = Guarded.task("books of the fleet", this::unpack);
  private byte @Nullable [] received; // on the fleet's thread
  private volatile @Nullable LeftBooks found;
  private volatile boolean looked;
  private boolean looking;

  EngineBooks(
      byte[] key, Totals totals, RedisFleetSums sums, Executor thread, Consumer<Throwable> failed) {
    this.key = key;
    this.totals = totals;
    this.sums = sums;
    this.thread = thread;
    this.failed = failed;
  }

  @Override
  public double[] exchange(double[] own) {
    totals.count(own);
    double[] fleet = totals.fleet();
    double[] counts = new double[SIZE];
    System.arraycopy(fleet, 1, counts, 0, SIZE);
    return counts;
  }

  @Override
  public boolean isJoined() {
    return looked && totals.isKnown();
  }

  @Override
  public @Nullable LeftBooks joined() {
    return found;
  }

  @Override
  public double pods() {
    return sums.pods();
  }

  /** One of the pods in ten seconds is enough. */
  @Override
  public void leave(LeftBooks books) {
    if (ThreadLocalRandom.current().nextDouble() * sums.pods() < 1) {
      toLeave.set(books);
    }
  }

  /** With each exchange, on the fleet's thread. */
  void exchange(Link link, long timeoutMillis) {
    if (!looked && !looking) {
      looking = true;
      link.commands()
          .get(key)
          .toCompletableFuture()
          .copy()
          .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
          .whenCompleteAsync((bytes, e) -> read(bytes, e), thread);
    }
    LeftBooks books = looked ? toLeave.getAndSet(null) : null;
    if (books != null) {
      var unused =
          link.commands()
              .set(key, packed(books), SetArgs.Builder.ex(LIFE))
              .toCompletableFuture()
              .whenComplete((ok, e) -> said(e));
    }
  }

  private void said(@Nullable Throwable e) {
    if (e != null) {
      failed.accept(e);
    }
  }

  private void read(byte @Nullable [] bytes, @Nullable Throwable e) {
    looking = false;
    said(e);
    if (e == null) {
      received = bytes;
      unpacking.run();
      looked = true;
    }
  }

  private void unpack() {
    byte[] bytes = received;
    received = null;
    found = bytes == null ? null : unpacked(bytes);
  }

  private static byte[] packed(LeftBooks books) {
    ByteBuffer out = ByteBuffer.allocate(8 * SIZE + books.saved().length);
    for (double count : books.counts()) {
      out.putDouble(count);
    }
    return out.put(books.saved()).array();
  }

  private static LeftBooks unpacked(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    double[] counts = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      counts[i] = in.getDouble();
    }
    byte[] saved = new byte[in.remaining()];
    in.get(saved);
    return new LeftBooks(saved, counts);
  }
}
