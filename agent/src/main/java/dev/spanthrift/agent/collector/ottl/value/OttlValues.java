package dev.spanthrift.agent.collector.ottl.value;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of values that conditions calculate with.
 *
 * <pre>
 * nil null      bool Boolean   int64 Long    float64 Double   string String
 * []byte Bytes  time Instant   duration Nanos                 trace and span ids Id
 * lists Items   maps Pairs     other parts of a span Opaque   what went wrong Failure
 * </pre>
 */
public final class OttlValues {
  private OttlValues() {}

  public record Bytes(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes b && Arrays.equals(b.bytes, bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
  }

  /** A duration. */
  public record Nanos(long value) {}

  /** The 16 or 8 bytes of an id. */
  public record Id(Bytes bytes) {}

  /**
   * A list.
   *
   * @param typed made of texts only by a function: equal to no other list, as in Go
   */
  public record Items(List<@Nullable Object> items, boolean typed) {}

  /** A map; of keys that come twice the first one counts. */
  public record Pairs(List<String> keys, List<@Nullable Object> values) {
    public int find(String key) {
      return keys.indexOf(key);
    }

    /** Whether all that this one has stands in the other, and nothing more. */
    boolean sameAs(Pairs other) {
      if (keys.size() != other.keys.size()) {
        return false;
      }
      for (int i = 0; i < keys.size(); i++) {
        int at = other.find(keys.get(i));
        if (at < 0 || !OttlValues.same(values.get(i), other.values.get(at))) {
          return false;
        }
      }
      return true;
    }
  }

  /** What can be counted and no more: events, links, status. */
  public record Opaque(String name, int size) {}

  /**
   * Evaluation failed; travels like a value, because it is an everyday thing.
   *
   * @param ofType the value was of another type than asked for
   */
  public record Failure(String reason, boolean ofType) {
    public static final Failure INDEX = new Failure("index out of bounds", false);
    public static final Failure KEY = new Failure("no value at this key", false);
    public static final Failure UNINDEXED = new Failure("the value has no keys", false);
    public static final Failure MATH = new Failure("no numbers, times or durations", false);
    public static final Failure ZERO = new Failure("division by 0", false);
    public static final Failure INPUT = new Failure("not a valid input of the function", false);
    public static final Failure TYPE = new Failure("a value of another type", true);
  }

  /** Equal in type and value; lists and maps item by item. */
  public static boolean same(@Nullable Object a, @Nullable Object b) {
    return switch (a) {
      case Double x -> b instanceof Double y && x.doubleValue() == y.doubleValue();
      case Pairs x -> b instanceof Pairs y && x.sameAs(y);
      case Items x -> b instanceof Items y && sameItems(x.items, y.items);
      case null, default -> Objects.equals(a, b);
    };
  }

  private static boolean sameItems(List<@Nullable Object> a, List<@Nullable Object> b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = same(a.get(i), b.get(i));
    }
    return same;
  }
}
