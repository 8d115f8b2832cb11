package dev.spanthrift.agent.control.status;

import java.util.Locale;

/**
 * Whether this process runs from an AOT cache, as its launcher found it and the JVM took it.
 *
 * <p>A cache that does not fit JVM, flags or jars is put aside by the JVM without a word; it says
 * then that it shares nothing, because with a cache of ours the JDK's own archive is not looked at.
 */
public enum AotCache {
  USED,
  /** There was one, and the JVM did not take it. */
  UNFIT,
  /** None yet. */
  ABSENT,
  /** No folder to keep one in. */
  UNWRITABLE,
  OFF,
  /** Not started by the launcher, or with options of one's own for it. */
  UNKNOWN;

  /** Of this process. */
  public static AotCache state() {
    return of(System.getProperty("spanthrift.aot", ""), System.getProperty("java.vm.info", ""));
  }

  static AotCache of(String launcher, String jvm) {
    return switch (launcher) {
      case "found" -> jvm.contains("sharing") ? USED : UNFIT;
      case "absent" -> ABSENT;
      case "unwritable" -> UNWRITABLE;
      case "off" -> OFF;
      default -> UNKNOWN;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
