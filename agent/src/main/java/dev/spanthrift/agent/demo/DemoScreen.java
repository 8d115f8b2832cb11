package dev.spanthrift.agent.demo;

import static dev.spanthrift.agent.demo.ScreenWords.bar;
import static dev.spanthrift.agent.demo.ScreenWords.clock;
import static dev.spanthrift.agent.demo.ScreenWords.errors;
import static dev.spanthrift.agent.demo.ScreenWords.incident;
import static dev.spanthrift.agent.demo.ScreenWords.row;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.Forecast;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The rows of the demo's one screen, of its plain lines, and of the summary. Text only. */
final class DemoScreen {
  private static final int KINDS_MAX = 5; // with these two the screen has 23 rows
  private static final int DROPS_MAX = 2;
  private static final int WIDTH = 80;
  private static final String INDENT = " ".repeat(23);

  private DemoScreen() {}

  /** Where the page is, and where spans go. */
  static String addresses(SidecarProgram.Ports ports) {
    return row(
        "page http://127.0.0.1:%d/   OTLP 127.0.0.1:%d (gRPC) and :%d (HTTP)",
        ports.admin(), ports.grpc(), ports.http());
  }

  /** The whole screen, at most 80 columns wide. */
  static List<String> rows(ScreenFigures f) {
    List<String> rows = new ArrayList<>();
    rows.add(heading(f));
    rows.add(addresses(f.ports()));
    rows.add("");
    rows.add(
        flow(
            "IN",
            f.spansInPerSecond(),
            f.bytesInPerSecond(),
            f.status().spans().received().spans()));
    rows.add(
        flow("OUT", f.spansOutPerSecond(), f.bytesOutPerSecond(), f.status().shipping().shipped()));
    rows.add(waiting(f.status()));
    rows.add("");
    rows.addAll(kept(f.status().spans()));
    rows.addAll(dropped(f.status().spans()));
    rows.add("");
    rows.add(errors(f.failed()));
    rows.add(money(f));
    rows.addAll(budget(f));
    rows.add(incident(f.incident(), f.seconds(), f.made().incidentErrors()));
    rows.add(laws(f));
    return rows;
  }

  private static String heading(ScreenFigures f) {
    String end = f.secondsToEnd() > 0 ? row("ends in %d s", f.secondsToEnd()) : "Ctrl-C ends it";
    return row(
        "Spanthrift demo   %s   simulated traffic of 12 services   %s", clock(f.seconds()), end);
  }

  private static String flow(String name, double spans, double bytes, long total) {
    return row(
        "%-7s%,12.0f spans/s %8.2f MB/s %,14d spans in all", name, spans, bytes / 1e6, total);
  }

  private static String waiting(PipelineStatus status) {
    SamplerCounts.Held held = status.spans().held();
    return row(
        "WAITING%,12d spans of %,d traces, %.1f of %.0f MiB",
        held.spans(), held.traces(), held.bytes() / 1048576.0, held.bytesMax() / 1048576.0);
  }

  private static List<String> kept(SamplerCounts spans) {
    List<String> rows = new ArrayList<>();
    long received = spans.received().spans();
    long kept = spans.kept().spans();
    double share = received == 0 ? 0 : 100.0 * kept / received;
    rows.add(row("KEPT   %,12d spans, %.1f %% of all; of these", kept, share));
    reasons(rows, spans.kept().byReason(), KINDS_MAX);
    return rows;
  }

  private static List<String> dropped(SamplerCounts spans) {
    List<String> rows = new ArrayList<>();
    rows.add(row("DROPPED%,12d spans; of these", spans.dropped().spans()));
    reasons(rows, spans.dropped().byReason(), DROPS_MAX);
    return rows;
  }

  /** The largest reasons, the rest as one. */
  private static void reasons(List<String> rows, Map<String, Long> reasons, int most) {
    long all = Math.max(1, reasons.values().stream().mapToLong(Long::longValue).sum());
    List<Map.Entry<String, Long>> sorted = sorted(reasons);
    long others = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (i < most - 1 || sorted.size() == most) {
        rows.add(reason(kind(sorted.get(i).getKey()), sorted.get(i).getValue(), all));
      } else {
        others += sorted.get(i).getValue();
      }
    }
    if (others > 0) {
      rows.add(reason("other", others, all));
    }
  }

  private static List<Map.Entry<String, Long>> sorted(Map<String, Long> reasons) {
    return reasons.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .toList();
  }

  /** What the budget's classes are to somebody who has not read about them yet. */
  private static String kind(String reason) {
    return switch (reason) {
      case "budget:error" -> "failed traces";
      case "budget:slow" -> "slow traces";
      case "budget:new" -> "new paths";
      case "budget:ordinary" -> "ordinary examples";
      case "budget:base" -> "a few of anything";
      case "budget:free" -> "free of charge";
      case "budget" -> "over the budget";
      default -> reason;
    };
  }

  private static String reason(String name, long spans, long all) {
    double share = (double) spans / all;
    String shown = name.length() > 18 ? name.substring(0, 17) + "…" : name;
    return row("  %-18s%,12d  %5.1f %%  %s", shown, spans, share * 100, bar(share));
  }

  private static String money(ScreenFigures f) {
    return row(
        "MONEY   in %.4f, kept %.4f, saved %.4f %s, at this pace %,.0f a month",
        f.spentIn(), f.spentOut(), f.saved(), f.currency().getCurrencyCode(), f.savedPerMonth());
  }

  private static List<String> budget(ScreenFigures f) {
    BudgetView books = f.budget();
    Money amount = books == null ? null : books.budget().amount();
    if (books == null || amount == null) {
      return List.of();
    }
    double hours = (f.status().nowUnixMillis() - books.from().toEpochMilli()) / 3_600_000.0;
    String period = books.budget().period().length().name().toLowerCase(Locale.ROOT);
    return List.of(
        row(
            "BUDGET  %s for the %s, of which %s are spent",
            money(amount), period, money(books.spent())),
        row(
            "        %.0f %% of the %s is over; at its end: %s",
            hours * 100, period, forecast(books.forecast())));
  }

  private static String forecast(Forecast forecast) {
    return switch (forecast) {
      case Forecast.Known known ->
          row("%s (%s to %s)", money(known.expected()), number(known.low()), number(known.high()));
      case Forecast.NotEnoughData missing when missing.comesIn().isZero() ->
          "no forecast: " + missing.reason();
      case Forecast.NotEnoughData missing ->
          row("no forecast yet, in %d s", missing.comesIn().toSeconds());
    };
  }

  private static String number(Money money) {
    return row("%.4f", money.amount());
  }

  private static String money(Money money) {
    return row("%.4f %s", money.amount(), money.currency().getCurrencyCode());
  }

  private static String laws(ScreenFigures f) {
    String broken =
        f.status().identities().stream()
            .filter(identity -> !identity.holds())
            .map(PipelineStatus.Identity::law)
            .findFirst()
            .orElse("");
    return row(
        "SUMS    %d of %d agree (nothing is lost silently)%s",
        f.lawsThatHold(),
        f.status().identities().size(),
        broken.isEmpty() ? "" : ": not " + broken);
  }

  /** One line for logs and pipes. */
  static String line(ScreenFigures f) {
    return row(
        "%s in %,.0f spans/s %.2f MB/s, out %,.0f spans/s, kept %,d of %,d spans, %s, %ssaved"
            + " %.4f %s (%,.0f a month)%s",
        clock(f.seconds()),
        f.spansInPerSecond(),
        f.bytesInPerSecond() / 1e6,
        f.spansOutPerSecond(),
        f.status().spans().kept().spans(),
        f.status().spans().received().spans(),
        failed(f.failed()),
        spent(f),
        f.saved(),
        f.currency().getCurrencyCode(),
        f.savedPerMonth(),
        f.phase() == Incident.Phase.RUNNING ? ", incident: payments fail" : "");
  }

  private static String failed(FailedTraces.Count failed) {
    if (failed.made() == 0) {
      return "no trace failed yet";
    }
    return failed.due() == 0
        ? row("%,d of %,d failed traces so far", failed.seen(), failed.made())
        : row("%,d of %,d failed traces", failed.arrived(), failed.due());
  }

  private static String spent(ScreenFigures f) {
    BudgetView books = f.budget();
    Money amount = books == null ? null : books.budget().amount();
    return books == null || amount == null
        ? ""
        : row("spent %.4f of %s, ", books.spent().amount(), money(amount));
  }

  /** What is said at the end, when all that waited is decided. */
  static List<String> summary(ScreenFigures f) {
    List<String> rows = new ArrayList<>();
    rows.add(row("Spanthrift demo, %s:", clock(f.seconds())));
    rows.add(
        row(
            "  sent                 %,d spans in %,d traces, %,d failed, %,d rare",
            f.made().spans(), f.made().traces(), f.made().errorTraces(), f.made().rareTraces()));
    rows.add(
        row(
            "  received             %,d spans, %.1f MB%s",
            f.status().spans().received().spans(),
            f.status().spans().received().bytes() / 1e6,
            f.made().spansLost() == 0 ? "" : row(" (%,d not taken)", f.made().spansLost())));
    rows.add(
        row(
            "  at the backend       %,d spans (%.1f %%), %,d of %,d failed traces (%.1f %%)",
            f.arrived().spans(),
            100.0 * f.arrived().spans() / Math.max(1, f.status().spans().received().spans()),
            f.failed().arrived(),
            f.failed().due(),
            f.failed().share() * 100));
    rows.addAll(kinds(f.status().spans().kept().byReason()));
    rows.addAll(spentAtTheEnd(f));
    rows.add(
        row(
            "  saved                %.4f of %.4f %s; at this pace %,.0f a month",
            f.saved(), f.spentIn(), f.currency().getCurrencyCode(), f.savedPerMonth()));
    rows.add("  " + laws(f).replaceFirst(" +", "                 "));
    return rows;
  }

  private static List<String> kinds(Map<String, Long> reasons) {
    List<String> rows = new ArrayList<>();
    String line = "  kept for             ";
    List<Map.Entry<String, Long>> sorted = sorted(reasons);
    for (int i = 0; i < sorted.size(); i++) {
      String end = i + 1 < sorted.size() ? ", " : "";
      String next = row("%s %,d%s", kind(sorted.get(i).getKey()), sorted.get(i).getValue(), end);
      if (line.length() + next.strip().length() > WIDTH) {
        rows.add(line.stripTrailing());
        line = INDENT;
      }
      line += next;
    }
    rows.add(line.stripTrailing());
    return rows;
  }

  private static List<String> spentAtTheEnd(ScreenFigures f) {
    BudgetView books = f.budget();
    List<String> rows = new ArrayList<>();
    for (String line : budget(f)) {
      rows.add(
          line.replaceFirst("^BUDGET  ", "  budget               ").replaceFirst("^ {8}", INDENT));
    }
    if (books != null && books.forecast() instanceof Forecast.NotEnoughData && rows.size() == 2) {
      rows.set(1, rows.get(1).replaceFirst(" is over;.*", " is over, too little for a forecast"));
    }
    return rows;
  }
}
