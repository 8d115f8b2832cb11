package dev.spanthrift.bench.fleet;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Troubles, one after the other, while a fleet is fed; between them as long again to recover.
 *
 * <p>What killed sidecars held is lost, and what is sent to them meanwhile is refused: traces that
 * they had a part in are torn by that, not by the fleet.
 */
final class Chaos {
  private interface Trouble {
    void run() throws Exception;
  }

  private record Step(String what, Trouble begin, Trouble end) {}

  private final EngineProcess engine;
  private final List<SidecarProcess> sidecars;
  private final double seconds;

  /**
   * @param seconds in which all of it happens
   */
  Chaos(EngineProcess engine, List<SidecarProcess> sidecars, double seconds) {
    this.engine = engine;
    this.sidecars = sidecars;
    this.seconds = seconds;
  }

  private List<Step> steps() {
    List<SidecarProcess> third = sidecars.subList(0, (sidecars.size() + 2) / 3);
    return List.of(
        new Step("engine killed", engine::kill, engine::restart),
        new Step("engine paused", () -> engine.signal("STOP"), () -> engine.signal("CONT")),
        new Step("engine flushed", () -> engine.command("FLUSHALL"), () -> {}),
        new Step("engine full", () -> maxMemory("1mb"), () -> maxMemory("0")),
        new Step(
            "a third of the sidecars killed",
            () -> each(third, SidecarProcess::kill),
            () -> each(third, SidecarProcess::restart)));
  }

  private void maxMemory(String bytes) throws Exception {
    engine.command("CONFIG", "SET", "maxmemory", bytes);
  }

  private interface Action {
    void on(SidecarProcess sidecar) throws Exception;
  }

  private static void each(List<SidecarProcess> some, Action action) throws Exception {
    for (SidecarProcess sidecar : some) {
      action.on(sidecar);
    }
  }

  void begin() {
    Thread.ofPlatform().daemon().name("chaos").start(this::run);
  }

  private void run() {
    List<Step> steps = steps();
    double each = seconds / (2 * steps.size() + 1);
    long began = System.nanoTime();
    try {
      pass(each);
      for (Step step : steps) {
        step.begin().run();
        say(began, step.what());
        pass(Math.min(30, each));
        step.end().run();
        say(began, step.what() + ", over");
        pass(2 * each - Math.min(30, each));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      System.err.println("bench: chaos ended early: " + e);
    }
  }

  private static void pass(double seconds) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep((long) (seconds * 1e3));
  }

  private static void say(long began, String what) {
    double at = (System.nanoTime() - began) / 1e9;
    System.out.println(String.format(Locale.ROOT, "- %.0f s: %s", at, what));
  }
}
