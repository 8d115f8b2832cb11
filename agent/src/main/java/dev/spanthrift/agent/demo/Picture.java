package dev.spanthrift.agent.demo;

import java.util.List;

/** One moment of a demo. */
interface Picture {
  /** The whole screen, at most 80 columns wide and 23 rows high. */
  List<String> rows();

  /** One line for logs and pipes. */
  String line();
}
