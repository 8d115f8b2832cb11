package dev.spanthrift.agent.receive.json;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Numbers from text, exactly: JSON gives them bare or in quotes (specs.md J6, J7).
 *
 * <p>Everything that is no such number is a {@link NumberFormatException}, also where the JDK would
 * be kinder (hex floats, blanks, digits of other scripts).
 */
final class Digits {
  private static final int LENGTH_MAX = 1000; // characters; as Jackson's bound for bare numbers
  private static final int FAST_MAX =
      19; // digits that 64 bits hold whatever they are: all times have 19

  private Digits() {}

  /** A whole number of 64 bits; {@code 1e3} and {@code 5.0} are whole too. */
  static long whole(char[] text, int start, int length, boolean unsigned) {
    boolean negative = length > 0 && text[start] == '-';
    int first = negative ? start + 1 : start;
    int end = start + length;
    if (first == end || end - first > FAST_MAX || (negative && unsigned)) {
      return slow(text, start, length, unsigned);
    }
    long value = 0;
    for (int i = first; i < end; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) {
        return slow(text, start, length, unsigned);
      }
      value = 10 * value + digit;
    }
    if (value < 0 && !unsigned) {
      return slow(text, start, length, false); // needs the 64th bit
    }
    return negative ? -value : value;
  }

  /** A double; its bits, so that NaN is one value and -0 is not 0. */
  static long doubleBits(char[] text, int start, int length) {
    String number = new String(text, start, Math.min(length, LENGTH_MAX));
    double value =
        switch (number) {
          case "NaN" -> Double.NaN;
          case "Infinity" -> Double.POSITIVE_INFINITY;
          case "-Infinity" -> Double.NEGATIVE_INFINITY;
          default -> finite(text, start, length);
        };
    return Double.doubleToLongBits(value);
  }

  private static double finite(char[] text, int start, int length) {
    double value = Double.parseDouble(checked(text, start, length));
    if (Double.isInfinite(value)) {
      throw new NumberFormatException("out of range");
    }
    return value;
  }

  private static long slow(char[] text, int start, int length, boolean unsigned) {
    // Without trailing zeros the scale tells size and fraction before any power of ten is built:
    // 1e999999999 must not cost a gigabyte.
    BigDecimal decimal = new BigDecimal(checked(text, start, length)).stripTrailingZeros();
    if (decimal.scale() > 0 || decimal.precision() - (long) decimal.scale() > 20) {
      throw new NumberFormatException("not whole or out of range");
    }
    BigInteger value = decimal.toBigIntegerExact();
    boolean fits =
        unsigned ? value.signum() >= 0 && value.bitLength() <= 64 : value.bitLength() <= 63;
    if (!fits) {
      throw new NumberFormatException("out of range");
    }
    return value.longValue();
  }

  private static String checked(char[] text, int start, int length) {
    if (length > LENGTH_MAX) {
      throw new NumberFormatException("too long");
    }
    String number = new String(text, start, length);
    for (int i = 0; i < length; i++) {
      if ("0123456789+-.eE".indexOf(number.charAt(i)) < 0) {
        throw new NumberFormatException("not a number");
      }
    }
    return number;
  }
}
