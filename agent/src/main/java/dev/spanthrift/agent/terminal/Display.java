package dev.spanthrift.agent.terminal;

import java.io.PrintWriter;

/** Shows figures: one screen drawn again and again, or plain lines. Not thread-safe. */
public final class Display {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
  private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String END_OF_LINE = "\u001b[K\n";
  private static final String END_OF_SCREEN = "\u001b[J";

  private final PrintWriter out;
  private final Terminal terminal;
  private boolean entered;

  public Display(PrintWriter out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Draws it over the one before, or says its line. */
  public void show(Picture picture) {
    if (!terminal.live()) {
      say(picture.line());
      return;
    }
    StringBuilder screen = new StringBuilder(entered ? HOME : ENTER + HOME);
    entered = true;
    picture.rows().forEach(row -> screen.append(row).append(END_OF_LINE));
    out.print(screen.append(END_OF_SCREEN));
    out.flush();
  }

  /** One line. */
  public void say(String line) {
    out.println(line);
    out.flush();
  }

  /** Gives the terminal back as it was. */
  public void leave() {
    if (entered) {
      entered = false;
      out.print(LEAVE);
      out.flush();
    }
  }
}
