package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.util.HexFormat;

/** A trace id as people paste it. */
record TraceId(long high, long low) {
  private static final int DIGITS = 32;

  /**
   * @throws ProblemException when it is none
   */
  static TraceId parse(String text) {
    String id = text.strip().toLowerCase(java.util.Locale.ROOT);
    if (id.length() != DIGITS || !id.chars().allMatch(HexFormat::isHexDigit)) {
      throw new ProblemException(
          ProblemType.SYNTAX, "a trace id has 32 hexadecimal digits; this has " + id.length());
    }
    return new TraceId(
        HexFormat.fromHexDigitsToLong(id, 0, 16), HexFormat.fromHexDigitsToLong(id, 16, DIGITS));
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
