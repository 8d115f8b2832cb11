package dev.spanthrift.agent.terminal;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a job is: one bar that is drawn over on a terminal, else a line every five seconds.
 *
 * <p>Not thread-safe.
 */
public final class Progress {
  private static final int WIDTH = 30;
  private static final long LIVE_MILLIS = 100;
  private static final long PLAIN_MILLIS = 5_000;

  private final PrintWriter out;
  private final Terminal terminal;
  private final LongSupplier clockMillis;
  private long shownMillis;

  public Progress(PrintWriter out, Terminal terminal, LongSupplier clockMillis) {
    this.out = out;
    this.terminal = terminal;
    this.clockMillis = clockMillis;
    shownMillis = clockMillis.getAsLong();
  }

  /** Shows it when it is time to. */
  public void at(long done, long of, String words) {
    long now = clockMillis.getAsLong();
    if (now - shownMillis >= (terminal.live() ? LIVE_MILLIS : PLAIN_MILLIS)) {
      shownMillis = now;
      show(done, of, words);
    }
  }

  /** Shows it for the last time. */
  public void end(long done, long of, String words) {
    if (terminal.live()) {
      show(done, of, words);
      out.println();
      out.flush();
    }
  }

  private void show(long done, long of, String words) {
    double share = of == 0 ? 1 : (double) done / of;
    if (terminal.live()) {
      int full = (int) Math.round(share * WIDTH);
      String bar = "█".repeat(full) + "░".repeat(WIDTH - full);
      out.print("\r\u001b[2K" + bar + percent(share) + words);
    } else {
      out.println(percent(share).strip() + " " + words);
    }
    out.flush();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, " %3.0f %%  ", share * 100);
  }
}
