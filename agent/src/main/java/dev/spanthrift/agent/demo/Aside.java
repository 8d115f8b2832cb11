package dev.spanthrift.agent.demo;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Takes what others print while the screen belongs to the demo, and keeps the last lines for the
 * end.
 */
final class Aside implements AutoCloseable {
  private static final int LINES_MAX = 40;
  private static final int LINE_BYTES_MAX = 2_000;

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  private final class Lines extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (b != '\n') {
        if (line.size() < LINE_BYTES_MAX) {
          line.write(b);
        }
        return;
      }
      keep(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }

  /** From now on. */
  void begin() {
    System.setOut(new PrintStream(new Lines(), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new Lines(), true, StandardCharsets.UTF_8));
  }

  private synchronized void keep(String line) {
    if (lines.size() == LINES_MAX) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  /** The last lines that speak of trouble. */
  synchronized List<String> troubles() {
    return lines.stream()
        .filter(
            line -> line.contains("WARN") || line.contains("ERROR") || line.contains("Exception"))
        .toList();
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
  }
}
