package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code run} as nearly everybody writes it, read by hand: picocli takes a quarter of the CPU time
 * until the ports are open, for its classes are too old for the AOT cache.
 */
final class PlainRun {
  private PlainRun() {}

  /** Null where there is anything in the arguments that picocli must read, or complain of. */
  static @Nullable RunCommand of(String[] arguments, Context context) {
    if (arguments.length == 0 || !arguments[0].equals("run")) {
      return null;
    }
    Path config = null;
    boolean lenient = false;
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].equals("--lenient") && !lenient) {
        lenient = true;
      } else if (arguments[i].equals("--config") && config == null && i + 1 < arguments.length) {
        i++;
        if (!arguments[i].matches("[\\w./][\\w./ -]*")) {
          return null;
        }
        config = Path.of(arguments[i]);
      } else {
        return null;
      }
    }
    return new RunCommand(context).with(config, lenient);
  }
}
