package dev.spanthrift.agent.control.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids by which a request is found in the log. */
public final class RequestIds {
  public static final String HEADER = "X-Request-Id";
  private static final Pattern GOOD = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RequestIds() {}

  /** The client's, unless it could forge a log line; else a new one. */
  public static String of(@Nullable String sent) {
    return sent != null && GOOD.matcher(sent).matches() ? sent : fresh();
  }

  private static String fresh() {
    String digits = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return "0".repeat(16 - digits.length()) + digits;
  }
}
