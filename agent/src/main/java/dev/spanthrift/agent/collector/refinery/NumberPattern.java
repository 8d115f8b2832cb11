package dev.spanthrift.agent.collector.refinery;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Regular expressions for texts that are numbers between bounds, so that {@code "503"} can be
 * compared with 500.
 *
 * <p>A text is a sign, digits and, unless whole ones are asked for, a point with digits; an
 * exponent is not looked at. A bound of {@code n} digits takes a pattern of about {@code n²} signs.
 */
final class NumberPattern {
  private static final String DIGITS = "[0-9]*";

  private final boolean whole;

  private NumberPattern(boolean whole) {
    this.whole = whole;
  }

  /**
   * Texts that compare so.
   *
   * @param operator one of {@code = < <= > >=}
   * @param whole texts with a point are no numbers then
   */
  static String of(String operator, BigDecimal bound, boolean whole) {
    NumberPattern pattern = new NumberPattern(whole);
    BigDecimal size = bound.abs();
    int sign = bound.signum();
    boolean inclusive = operator.endsWith("=");
    return switch (operator.charAt(0)) {
      case '=' ->
          text(sign >= 0 ? pattern.exactly(size) : null, sign <= 0 ? pattern.exactly(size) : null);
      case '>' ->
          sign > 0 || (sign == 0 && !inclusive)
              ? text(pattern.atLeast(size, inclusive), null)
              : text(pattern.any(), pattern.atMost(size, inclusive));
      default ->
          sign < 0 || (sign == 0 && !inclusive)
              ? text(null, pattern.atLeast(size, inclusive))
              : text(pattern.atMost(size, inclusive), pattern.any());
    };
  }

  private static String text(@Nullable String positive, @Nullable String negative) {
    List<String> parts = new ArrayList<>();
    if (positive != null) {
      parts.add("\\+?" + positive);
    }
    if (negative != null) {
      parts.add("-" + negative);
    }
    return "^(?:" + String.join("|", parts) + ")$";
  }

  private String any() {
    return whole ? "[0-9]+" : "[0-9]+(?:\\." + DIGITS + ")?";
  }

  private String tail() {
    return whole ? "" : "(?:\\." + DIGITS + ")?";
  }

  private String atLeast(BigDecimal bound, boolean inclusive) {
    String digits = bound.toBigInteger().toString();
    List<String> all = new ArrayList<>();
    all.add("[1-9][0-9]{" + digits.length() + ",}" + tail());
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '9') {
        String higher = "[" + (char) (digits.charAt(i) + 1) + "-9]";
        all.add(digits.substring(0, i) + higher + rest(digits, i) + tail());
      }
    }
    String fraction = fraction(bound);
    if (fraction.isEmpty() && inclusive) {
      all.add(digits + tail());
    } else if (!whole) {
      all.add(digits + "\\.(?:" + fractionAbove(fraction, inclusive) + ")");
    }
    return "0*(?:" + String.join("|", all) + ")";
  }

  private static String fractionAbove(String fraction, boolean inclusive) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < fraction.length(); i++) {
      if (fraction.charAt(i) < '9') {
        all.add(fraction.substring(0, i) + "[" + (char) (fraction.charAt(i) + 1) + "-9]" + DIGITS);
      }
    }
    all.add(fraction + (inclusive ? DIGITS : "0*[1-9]" + DIGITS));
    return String.join("|", all);
  }

  private String atMost(BigDecimal bound, boolean inclusive) {
    String digits = bound.toBigInteger().toString();
    List<String> all = new ArrayList<>();
    if (digits.length() > 1) {
      all.add("[0-9]{1," + (digits.length() - 1) + "}" + tail());
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) > '0') {
        String lower = "[0-" + (char) (digits.charAt(i) - 1) + "]";
        all.add(digits.substring(0, i) + lower + rest(digits, i) + tail());
      }
    }
    String fraction = fraction(bound);
    if (!fraction.isEmpty() || inclusive) {
      String below = whole ? "" : "(?:\\.(?:" + fractionBelow(fraction, inclusive) + "))?";
      all.add(digits + below);
    }
    return "0*(?:" + String.join("|", all) + ")";
  }

  private static String fractionBelow(String fraction, boolean inclusive) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < fraction.length(); i++) {
      all.add(fraction.substring(0, i)); // shorter is lower
      if (fraction.charAt(i) > '0') {
        all.add(fraction.substring(0, i) + "[0-" + (char) (fraction.charAt(i) - 1) + "]" + DIGITS);
      }
    }
    if (inclusive) {
      all.add(fraction + "0*");
    }
    return String.join("|", all);
  }

  private String exactly(BigDecimal bound) {
    String fraction = fraction(bound);
    String digits = "0*" + bound.toBigInteger();
    if (fraction.isEmpty()) {
      return digits + (whole ? "" : "(?:\\.0*)?");
    }
    return digits + "\\." + fraction + "0*";
  }

  private static String rest(String digits, int i) {
    int left = digits.length() - i - 1;
    return left == 0 ? "" : "[0-9]{" + left + "}";
  }

  /** Digits behind the point, without zeros at the end. */
  private static String fraction(BigDecimal bound) {
    String plain = bound.stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 ? "" : plain.substring(point + 1);
  }
}
