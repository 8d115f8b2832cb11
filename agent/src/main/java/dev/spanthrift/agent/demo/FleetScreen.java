package dev.spanthrift.agent.demo;

import static dev.spanthrift.agent.demo.ScreenWords.clock;
import static dev.spanthrift.agent.demo.ScreenWords.row;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of the fleet's demo, of its plain lines, and of the summary. Text only. */
final class FleetScreen {
  static final int HISTORY_SECONDS = 60;

  private static final int NAMES = 20;
  private static final String POD = "%-6s%-7s%-" + NAMES + "s%8s%9s%10s  %s";
  private static final String[] BARS = {"▁", "▂", "▃", "▄", "▅", "▆", "▇"};

  private FleetScreen() {}

  static List<String> rows(FleetFigures f) {
    List<String> rows = new ArrayList<>();
    rows.add(heading(f));
    rows.add(engine(f));
    rows.add("");
    rows.add(
        row(
            "WHOLE   now %5.1f %% of %,d kept   in all %5.1f %% of %,d, %,d torn",
            f.now().share() * 100,
            f.now().kept(),
            f.all().share() * 100,
            f.all().kept(),
            f.all().torn()));
    rows.add("  minute " + history(f.history()));
    rows.add(spend(f));
    rows.add("");
    rows.add(row(POD, "POD", "page", "services", "spans/s", "kept", "spent", "engine"));
    for (int i = 0; i < f.pods().size(); i++) {
      rows.add(pod(f, i));
    }
    rows.add("");
    rows.add(ScreenWords.errors(f.failed()));
    rows.add(ScreenWords.incident(f.incident(), f.seconds(), f.incidentErrors()));
    rows.add(laws(f));
    rows.add(
        row(
            "page    http://127.0.0.1:%d/ is %s's; the others have ports of their own",
            f.pods().getFirst().page(), f.pods().getFirst().name()));
    rows.add("logs    " + f.logs());
    return rows;
  }

  private static String heading(FleetFigures f) {
    String end = f.secondsToEnd() > 0 ? row("ends in %d s", f.secondsToEnd()) : "q ends it";
    return row(
        "Spanthrift demo   %s   12 services in %d pods, one budget   %s",
        clock(f.seconds()), f.pods().size(), end);
  }

  private static String engine(FleetFigures f) {
    FleetFigures.EngineState engine = f.engine();
    if (!engine.running()) {
      return row(
          "ENGINE  ✗ stopped %d s ago; %d of %d pods decide alone      e starts it",
          engine.seconds(), f.alone(), f.pods().size());
    }
    if (f.alone() > 0) {
      return row(
          "ENGINE  ◌ %s; %d of %d pods are still alone", engine.url(), f.alone(), f.pods().size());
    }
    return row(
        "ENGINE  ● %s; all pods use it%s", engine.url(), engine.own() ? "      e stops it" : "");
  }

  /** A character a second, high where all is whole. */
  private static String history(List<WholeTraces.@Nullable Tally> seconds) {
    StringBuilder bars = new StringBuilder();
    for (WholeTraces.Tally second : seconds) {
      if (second == null) {
        bars.append('·');
      } else if (second.torn() == 0) {
        bars.append('█');
      } else {
        bars.append(BARS[(int) Math.min(BARS.length - 1, second.share() * BARS.length)]);
      }
    }
    return bars.toString();
  }

  private static String spend(FleetFigures f) {
    PodReader.FleetSpend spend = f.spend();
    return spend.budget() <= 0
        ? row("BUDGET  none; %.4f %s spent by all", spend.spent(), spend.currency())
        : row(
            "BUDGET  %.4f of %.4f %s spent by all, %.1f %% in %.1f %% of its time",
            spend.spent(),
            spend.budget(),
            spend.currency(),
            spend.spentShare() * 100,
            spend.overShare() * 100);
  }

  private static String pod(FleetFigures f, int number) {
    PodFigures pod = f.pods().get(number);
    String services = String.join(" ", Shop.servicesOf(number, f.pods().size()));
    String shown = services.length() < NAMES ? services : services.substring(0, NAMES - 2) + "…";
    return row(
        POD,
        pod.name(),
        ":" + pod.page(),
        shown,
        row("%,.0f", pod.spansPerSecond()),
        row("%.1f %%", pod.keptShare() * 100),
        row("%.5f", f.spent(pod)),
        state(pod));
  }

  private static String state(PodFigures pod) {
    if (!pod.answers()) {
      return "✗ no answer";
    }
    return pod.engineAway()
        ? row("✗ alone, %d s", pod.engineAwaySeconds())
        : row("● %.1f ms", pod.latencyMillis());
  }

  private static String laws(FleetFigures f) {
    return row("SUMS    %d of %d agree (nothing is lost silently)", f.lawsThatHold(), f.laws());
  }

  static String line(FleetFigures f) {
    FleetFigures.EngineState engine = f.engine();
    return row(
        "%s in %,.0f spans/s, kept %,d of %,d spans, whole now %.1f %% of %,d traces, in all"
            + " %.1f %% of %,d, %,d torn, spent %.4f of %.4f %s, engine %s, %d of %d pods alone",
        clock(f.seconds()),
        f.spansPerSecond(),
        f.kept(),
        f.received(),
        f.now().share() * 100,
        f.now().kept(),
        f.all().share() * 100,
        f.all().kept(),
        f.all().torn(),
        f.spend().spent(),
        f.spend().budget(),
        f.spend().currency(),
        engine.running() ? "runs" : "stopped",
        f.alone(),
        f.pods().size());
  }

  /** What is said at the end, when all that waited is decided. */
  static List<String> summary(FleetFigures f) {
    List<String> rows = new ArrayList<>();
    rows.add(row("Spanthrift demo, %s, %d pods:", clock(f.seconds()), f.pods().size()));
    rows.add(
        row(
            "  sent                 %,d spans in %,d traces, %,d failed%s",
            f.made().spans(),
            f.made().traces(),
            f.made().errorTraces(),
            f.made().spansLost() == 0 ? "" : row(" (%,d not taken)", f.made().spansLost())));
    rows.add(
        row(
            "  kept traces whole    %,d of %,d (%.1f %%), %,d torn; %.1f %% of the last",
            f.all().whole(),
            f.all().kept(),
            f.all().share() * 100,
            f.all().torn(),
            f.now().share() * 100));
    rows.add(
        row(
            "  failed traces        %,d of %,d at the backend (%.1f %%)",
            f.failed().arrived(), f.failed().due(), f.failed().share() * 100));
    rows.add(
        "  "
            + spend(f)
                .replaceFirst("BUDGET ", "budget              ")
                .replace(" spent by all", ""));
    for (PodFigures pod : f.pods()) {
      rows.add(
          row(
              "  %-20s %,d spans received, %.1f %% kept, %.5f spent",
              pod.name(), pod.received(), pod.keptShare() * 100, f.spent(pod)));
    }
    rows.add("  " + laws(f).replaceFirst(" +", "                 "));
    rows.add("  logs                 " + f.logs());
    return rows;
  }
}
