package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram.Ports;
import dev.spanthrift.agent.terminal.Picture;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.MoneyView;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one picture of the demo shows, read in one moment.
 *
 * @param seconds since the start of the traffic
 * @param secondsToEnd 0 when only Ctrl-C ends it
 * @param made what the simulated services sent
 * @param failed failed traces that are old enough to be at the backend, and those that are
 * @param status what the sidecar says about itself
 * @param before the status a moment ago, for rates
 * @param money the sidecar's books, if it keeps any
 * @param arrived what the backend counted
 */
record ScreenFigures(
    double seconds,
    long secondsToEnd,
    Ports ports,
    ShopTraffic.Counts made,
    FailedTraces.Count failed,
    Incident incident,
    PipelineStatus status,
    PipelineStatus before,
    @Nullable MoneyView money,
    DemoBackend.Counts arrived,
    BigDecimal pricePerGb,
    Currency currency)
    implements Picture {

  private static final double SECONDS_A_MONTH = 30.4 * 86_400;

  @Override
  public List<String> rows() {
    return DemoScreen.rows(this);
  }

  @Override
  public String line() {
    return DemoScreen.line(this);
  }

  private double interval() {
    return Math.max(0.001, (status.nowUnixMillis() - before.nowUnixMillis()) / 1000.0);
  }

  double spansInPerSecond() {
    return (status.spans().received().spans() - before.spans().received().spans()) / interval();
  }

  double bytesInPerSecond() {
    return (status.spans().received().bytes() - before.spans().received().bytes()) / interval();
  }

  double spansOutPerSecond() {
    return (status.shipping().shipped() - before.shipping().shipped()) / interval();
  }

  /** Kept bytes, because they are counted per span as received ones are. */
  double bytesOutPerSecond() {
    return (status.spans().kept().bytes() - before.spans().kept().bytes()) / interval();
  }

  double spentIn() {
    return money(status.spans().received().bytes());
  }

  double spentOut() {
    return money(status.spans().kept().bytes());
  }

  double saved() {
    return money(status.spans().dropped().bytes());
  }

  /**
   * What dropping saves in a month of such traffic; from the share of what is decided, because at
   * the start most of it still waits.
   */
  double savedPerMonth() {
    double decided = status.spans().kept().bytes() + status.spans().dropped().bytes();
    return seconds <= 0 || decided == 0
        ? 0
        : spentIn() * status.spans().dropped().bytes() / decided / seconds * SECONDS_A_MONTH;
  }

  private double money(long bytes) {
    return pricePerGb.doubleValue() * bytes / 1e9;
  }

  /** The first budget's books, or none. */
  @Nullable BudgetView budget() {
    return money == null || money.budgets().isEmpty() ? null : money.budgets().getFirst();
  }

  Incident.Phase phase() {
    return incident.phase((long) (seconds * 1e9));
  }

  long lawsThatHold() {
    return status.identities().stream().filter(PipelineStatus.Identity::holds).count();
  }
}
