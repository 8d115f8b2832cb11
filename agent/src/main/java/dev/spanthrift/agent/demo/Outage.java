package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import java.io.IOException;

/** The scripted outage of a demo's engine. Not thread-safe. */
final class Outage {
  private final double from;
  private final double to;
  private boolean begun;
  private boolean over;

  private Outage(double from, double to) {
    this.from = from;
    this.to = to;
  }

  /** A third into the demo; never where none is asked for. */
  static Outage of(FleetDemo.Options options) {
    double from = options.seconds() / 3.0;
    return options.outageSeconds() == 0
        ? new Outage(Double.MAX_VALUE, Double.MAX_VALUE)
        : new Outage(from, from + options.outageSeconds());
  }

  void act(double elapsed, DemoEngine engine)
      throws StartException, IOException, InterruptedException {
    if (!begun && elapsed >= from) {
      begun = true;
      engine.stop();
    }
    if (begun && !over && elapsed >= to) {
      over = true;
      engine.start();
    }
  }
}
