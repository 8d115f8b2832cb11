package dev.spanthrift.agent.terminal;

import java.util.List;

/** One moment of a demo. */
public interface Picture {
  /** The whole screen, at most 80 columns wide and 23 rows high. */
  List<String> rows();

  /** One line for logs and pipes. */
  String line();
}
