package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spans of databases that took longer than a limit, by the shape of their statement.
 *
 * <p>Only what is slow is looked into: for all others this is one comparison. At most {@link
 * #SHAPES_MAX} shapes; what comes after is counted together. One thread writes, any may read.
 */
public final class SlowQueries {
  static final int SHAPES_MAX = 64;
  private static final int STATEMENT_BYTES_MAX = 2_048;
  private static final String OTHERS = "other statements";
  private static final byte[][] SYSTEM = keys("db.system.name", "db.system");
  private static final byte[][] STATEMENT =
      keys("db.query.summary", "db.query.text", "db.statement", "db.operation.name");

  private final long limitNanos;
  private final Attributes attributes = new Attributes();
  private final Map<String, Counted> shapes = new LinkedHashMap<>();

  private static final class Counted {
    long spans;
    long slowestNanos;
  }

  /**
   * One shape since start.
   *
   * @param slowestNanos since it was last read
   */
  public record SlowShape(String statement, long spans, long slowestNanos) {}

  public SlowQueries(Duration limit) {
    limitNanos = limit.toNanos();
  }

  private static byte[][] keys(String... names) {
    byte[][] keys = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      keys[i] = names[i].getBytes(StandardCharsets.US_ASCII);
    }
    return keys;
  }

  /** Looks at the spans of a batch. */
  public void look(Batch batch) {
    for (int row = 0; row < batch.size(); row++) {
      long duration = batch.durationNanos(row);
      if (duration > limitNanos) {
        slow(batch, row, duration);
      }
    }
  }

  private void slow(Batch batch, int row, long duration) {
    String system = text(batch, row, SYSTEM);
    if (system == null) {
      return;
    }
    String statement = text(batch, row, STATEMENT);
    String shape = system + ": " + StatementShape.of(statement == null ? "?" : statement);
    synchronized (shapes) {
      boolean room = shapes.size() < SHAPES_MAX || shapes.containsKey(shape);
      Counted counted = shapes.computeIfAbsent(room ? shape : OTHERS, s -> new Counted());
      counted.spans++;
      counted.slowestNanos = Math.max(counted.slowestNanos, duration);
    }
  }

  /** The first of these attributes that there is; null when there is none. */
  private @Nullable String text(Batch batch, int row, byte[][] keys) {
    int body = batch.body(row);
    for (byte[] key : keys) {
      attributes.over(batch.buffer(), body, batch.end(row) - body, Fields.ATTRIBUTES_OF_SPAN);
      if (attributes.find(key) && attributes.readValue() == Attributes.STRING) {
        int length = Math.min(attributes.valueLength(), STATEMENT_BYTES_MAX);
        return new String(
            attributes.buffer(), attributes.valueOffset(), length, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /** All shapes since start; the slowest begins anew. */
  public List<SlowShape> read() {
    synchronized (shapes) {
      List<SlowShape> all = new ArrayList<>();
      shapes.forEach(
          (statement, of) -> {
            all.add(new SlowShape(statement, of.spans, of.slowestNanos));
            of.slowestNanos = 0;
          });
      return all;
    }
  }
}
