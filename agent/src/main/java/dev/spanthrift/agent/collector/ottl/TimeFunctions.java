package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.GoDuration;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Nanos;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Functions of times and durations. */
final class TimeFunctions {
  /** Go counts its times from here when it truncates them. */
  private static final Instant YEAR_ONE = Instant.parse("0001-01-01T00:00:00Z");

  private TimeFunctions() {}

  static Object duration(@Nullable Object[] arguments) {
    try {
      return new Nanos(GoDuration.nanos((String) Objects.requireNonNull(arguments[0])));
    } catch (IllegalArgumentException notOne) {
      return Failure.INPUT;
    }
  }

  /** Whole units first, as Go calculates. */
  static double in(long nanos, long unit) {
    return nanos / unit + (double) (nanos % unit) / unit;
  }

  static long since1970(OffsetDateTime time, long unit) {
    BigInteger nanos =
        BigInteger.valueOf(time.toEpochSecond())
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(time.getNano()));
    BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(unit));
    return parts[1].signum() < 0
        ? parts[0].subtract(BigInteger.ONE).longValue()
        : parts[0].longValue();
  }

  static Object unix(@Nullable Object[] arguments) {
    long seconds = (Long) Objects.requireNonNull(arguments[0]);
    long nanos = arguments[1] instanceof Long given ? given : 0;
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException | ArithmeticException tooFar) {
      return Failure.INPUT;
    }
  }

  static Object truncate(@Nullable Object[] arguments) {
    Instant time = (Instant) Objects.requireNonNull(arguments[0]);
    long unit = ((Nanos) Objects.requireNonNull(arguments[1])).value();
    if (unit <= 0) {
      return time;
    }
    Duration since = Duration.between(YEAR_ONE, time);
    BigInteger rest =
        BigInteger.valueOf(since.getSeconds())
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(since.getNano()))
            .mod(BigInteger.valueOf(unit));
    return time.minusNanos(rest.longValue());
  }
}
