package dev.spanthrift.agent.collector.ottl.value;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Nanos;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a function takes: a value of one type, or whatever can be made into one. */
public enum OttlKind {
  ANY,
  STRING,
  INT,
  MAP,
  LIST,
  TIME,
  DURATION,
  BOOL,
  DOUBLE,
  /** nil stays nil, and so with those below. */
  STRING_LIKE,
  INT_LIKE,
  DOUBLE_LIKE,
  BOOL_LIKE,
  BYTES_LIKE,
  /** Must be written in the condition itself. */
  LITERAL_STRING,
  LITERAL_BOOL;

  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  public boolean isLiteral() {
    return this == LITERAL_STRING || this == LITERAL_BOOL;
  }

  /** The value as this kind, or a {@link Failure}. */
  public @Nullable Object of(@Nullable Object value) {
    return switch (this) {
      case ANY -> value;
      case STRING, LITERAL_STRING -> value instanceof String ? value : Failure.TYPE;
      case INT -> value instanceof Long ? value : Failure.TYPE;
      case DOUBLE -> value instanceof Double ? value : Failure.TYPE;
      case BOOL, LITERAL_BOOL -> value instanceof Boolean ? value : Failure.TYPE;
      case MAP -> value instanceof Pairs ? value : Failure.TYPE;
      case LIST -> value instanceof Items ? value : Failure.TYPE;
      case TIME -> value instanceof Instant ? value : Failure.TYPE;
      case DURATION -> value instanceof Nanos ? value : Failure.TYPE;
      case STRING_LIKE -> OttlText.of(value);
      case INT_LIKE -> whole(value);
      case DOUBLE_LIKE -> number(value);
      case BOOL_LIKE -> flag(value);
      case BYTES_LIKE -> bytes(value);
    };
  }

  private static @Nullable Object whole(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Long whole -> whole;
      case Double number -> truncated(number);
      case Boolean flag -> flag ? 1L : 0L;
      case String text -> parsedWhole(text, 10);
      default -> Failure.TYPE;
    };
  }

  /** What lies outside of 64 bits becomes the smallest number, as on amd64. */
  private static long truncated(double number) {
    return number >= -0x1p63 && number < 0x1p63 ? (long) number : Long.MIN_VALUE;
  }

  public static Object parsedWhole(String text, int base) {
    try {
      return base == 10 && !WHOLE.matcher(text).matches()
          ? Failure.INPUT
          : (Object) Long.parseLong(text, base);
    } catch (NumberFormatException notOne) {
      return Failure.INPUT;
    }
  }

  private static @Nullable Object number(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Double number -> number;
      case Long whole -> (double) whole;
      case Boolean flag -> flag ? 1d : 0d;
      case String text -> parsed(text);
      default -> Failure.TYPE;
    };
  }

  private static Object parsed(String text) {
    double number = GoNumber.parse(text);
    return Double.isNaN(number) && !GoNumber.isNan(text) ? Failure.INPUT : (Object) number;
  }

  private static @Nullable Object flag(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Boolean flag -> flag;
      case Long whole -> whole != 0;
      case Double number -> number != 0;
      case String text when TRUE.contains(text) -> true;
      case String text when FALSE.contains(text) -> false;
      case String text -> Failure.INPUT;
      default -> Failure.TYPE;
    };
  }

  private static @Nullable Object bytes(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Bytes bytes -> bytes;
      case String text -> new Bytes(text.getBytes(StandardCharsets.UTF_8));
      case Boolean flag -> new Bytes(new byte[] {(byte) (flag ? 1 : 0)});
      case Long whole -> new Bytes(ByteBuffer.allocate(8).putLong(whole).array());
      case Double number -> new Bytes(ByteBuffer.allocate(8).putDouble(number).array());
      default -> Failure.TYPE;
    };
  }
}
