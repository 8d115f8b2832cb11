package dev.spanthrift.agent.collector.reading;

import java.util.Map;
import java.util.TreeMap;

/** Values in the form that our settings have. */
public final class Texts {
  private static final Map<Long, String> UNITS =
      new TreeMap<>(
          Map.of(
              3_600_000_000_000L,
              "h",
              60_000_000_000L,
              "m",
              1_000_000_000L,
              "s",
              1_000_000L,
              "ms",
              1_000L,
              "us"));

  private Texts() {}

  /** In the largest unit that divides it. */
  public static String duration(long nanos) {
    String text = nanos / 1_000 + "us";
    for (Map.Entry<Long, String> unit : UNITS.entrySet()) {
      if (nanos % unit.getKey() == 0) {
        text = nanos / unit.getKey() + unit.getValue();
      }
    }
    return nanos == 0 ? "0s" : text;
  }

  public static String mebibytes(long mebibytes) {
    return mebibytes + "MiB";
  }

  /** So that our own loader does not take it for a variable. */
  public static String escaped(String text) {
    return text.replace("${env:", "$${env:");
  }
}
