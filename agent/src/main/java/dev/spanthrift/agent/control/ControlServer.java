package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.access.Access;
import dev.spanthrift.agent.control.access.Routes;
import dev.spanthrift.agent.control.alert.AlertBook;
import dev.spanthrift.agent.control.alert.AlertParts;
import dev.spanthrift.agent.control.alert.AlertWatch;
import dev.spanthrift.agent.control.alert.WebhookSender;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.front.Front;
import dev.spanthrift.agent.control.front.FrontCounts;
import dev.spanthrift.agent.control.front.FrontSettings;
import dev.spanthrift.agent.control.front.RepeatedPosts;
import dev.spanthrift.agent.control.front.Site;
import dev.spanthrift.agent.control.front.Sites;
import dev.spanthrift.agent.control.job.Jobs;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.report.ReportBooks;
import dev.spanthrift.agent.control.spend.SpendCurves;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.control.status.ControlFigures;
import dev.spanthrift.agent.control.status.HealthSite;
import dev.spanthrift.agent.control.status.HourHistory;
import dev.spanthrift.agent.control.status.MetricsSite;
import dev.spanthrift.agent.control.status.Overview;
import dev.spanthrift.agent.control.status.StatusHistory;
import dev.spanthrift.agent.control.stream.StreamHub;
import dev.spanthrift.agent.control.stream.Streams;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.telemetry.ChosenOperations;
import dev.spanthrift.agent.telemetry.Exposition;
import dev.spanthrift.agent.telemetry.Figure;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port: health and metrics below Spring, REST and page in it.
 *
 * <p>Started after the OTLP ports are open; its end does not touch them.
 */
public final class ControlServer implements AutoCloseable {
  private static final String METRICS = "/actuator/prometheus";
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-control-timer").factory());
  private final StatusHistory history;
  private final HourHistory hour;
  private final SpendCurves curves;
  private final WebSite web;
  private final StreamHub streams;
  private final Front front;
  private final Map<String, Site> direct;
  private final BoostKeeper boosts;
  private final Jobs jobs;
  private final OperationHistory operationHistory;
  private final OperationHistory watched; // the same where alerts look at minutes
  private final ReportBooks report;
  private final WebhookSender webhook;
  private final AlertWatch watch;
  private final ControlFigures figures;
  private final ChosenOperations operations;

  // Made at start, so that their failures are counted from zero on.
  private final Guarded notes = Guarded.task("notes of the admin port", this::takeNotes);
  private final Guarded endOfBoosts;
  private final Guarded endOfReport;
  private volatile @Nullable PipelineStatus noted; // last

  private ControlServer(
      ControlSettings settings,
      PipelineView pipeline,
      PolicyStore policies,
      SpendView spend,
      AlertParts alerting) {
    KillSwitchKeeper keeper =
        new KillSwitchKeeper(settings.stateDirectory(), pipeline, timer, System::currentTimeMillis);
    keeper.restore();
    boosts =
        new BoostKeeper(
            settings.stateDirectory(),
            pipeline,
            policies.audit(),
            timer,
            System::currentTimeMillis);
    boosts.restore();
    endOfBoosts = Guarded.task("end of boosts", boosts::close);
    jobs = new Jobs(timer, System::currentTimeMillis);
    history = new StatusHistory(pipeline::status);
    curves = new SpendCurves(settings.stateDirectory(), this::later);
    hour = new HourHistory(spend, curves);
    operationHistory = new OperationHistory(pipeline, System::currentTimeMillis);
    report = new ReportBooks(settings.stateDirectory(), spend, this::later);
    endOfReport = Guarded.task("end of the report", () -> report.close(operationHistory));
    operationHistory.each(minute -> report.count(minute.to()));
    webhook =
        new WebhookSender(
            alerting.settings().webhook(), alerting.opener(), timer, System::currentTimeMillis);
    AlertBook alerts =
        new AlertBook(
            alerting.settings(), settings.stateDirectory(), webhook, System::currentTimeMillis);
    watch =
        new AlertWatch(
            alerting.settings(),
            alerts,
            spend,
            pipeline::fleet,
            pipeline::fleetMembers,
            alerting.queries(),
            System::currentTimeMillis);
    Duration window = alerting.settings().window();
    watched =
        window.equals(OperationHistory.MINUTE)
            ? operationHistory
            : OperationHistory.byWindow(pipeline, System::currentTimeMillis, window);
    watched.each(watch::look);
    FrontCounts counts = new FrontCounts();
    web =
        new WebSite(
            new ControlParts(
                settings,
                pipeline,
                policies,
                spend,
                keeper,
                boosts,
                jobs,
                history,
                hour,
                operationHistory,
                report,
                alerting.settings(),
                alerts,
                webhook,
                counts));
    direct = new HashMap<>(new HealthSite(pipeline).sites());
    figures = new ControlFigures(pipeline, policies, spend, keeper, boosts, counts);
    operations = new ChosenOperations(pipeline::measured, settings.operationsMax());
    direct.put(METRICS, new MetricsSite(new Exposition(figures, operations), timer));
    streams =
        Streams.open(
            pipeline,
            Overview.of(pipeline, policies, keeper, history, spend),
            policies.audit(),
            timer);
    front = opened(settings, counts);
  }

  /**
   * Opens the port; returns when it answers.
   *
   * @throws IllegalStateException with a sentence for people when it cannot be opened
   */
  public static ControlServer start(
      ControlSettings settings,
      PipelineView pipeline,
      PolicyStore policies,
      SpendView spend,
      AlertParts alerting) {
    return new ControlServer(settings, pipeline, policies, spend, alerting);
  }

  private Front opened(ControlSettings settings, FrontCounts counts) {
    try {
      return Front.open(
          FrontSettings.of(
              settings.address(),
              settings.port(),
              settings.hosts(),
              settings.bodyBytesMax(),
              settings.tls()),
          new Access(settings.access()),
          new Sites(
              direct, Map.of(StreamHub.TEMPLATE, streams), Routes.ALL, new RepeatedPosts(web)),
          counts);
    } catch (IllegalStateException e) {
      timer.shutdownNow();
      throw e;
    }
  }

  /** The port that was bound. */
  public int port() {
    return front.port();
  }

  /**
   * What somebody has read who reads once a second while anything moves. What fails here is counted
   * and logged, and fails here only: whoever reads has more to do.
   */
  public void note(PipelineStatus status) {
    noted = status;
    notes.run();
  }

  private void takeNotes() {
    PipelineStatus status = noted;
    if (status == null) {
      return;
    }
    history.note(status);
    hour.note(status);
    operationHistory.look(status.spans());
    if (watched != operationHistory) {
      watched.look(status.spans());
    }
    watch.look(status);
  }

  /** What waits for the disk is not for the thread that counts money; the end writes by itself. */
  private void later(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("not written any more, for the end writes all: {}", e.toString());
    }
  }

  /** All figures that Prometheus gets, for whoever sends them elsewhere. */
  public Supplier<List<Figure>> figures() {
    return figures;
  }

  /** The operations that have figures of their own. */
  public Supplier<List<MeasuredOperation>> operations() {
    return operations;
  }

  /** For tests: what is answered without Spring. */
  Set<String> directPaths() {
    Set<String> paths = new java.util.TreeSet<>(direct.keySet());
    paths.add(StreamHub.TEMPLATE);
    return paths;
  }

  /** For tests: what the context holds. */
  <T> Collection<T> beans(Class<T> type) {
    return web.beans(type);
  }

  /** Lets requests end for at most 2 s, then closes the port. */
  @Override
  public void close() {
    front.stop(LAST_ANSWERS);
    web.close();
    jobs.close();
    webhook.close();
    timer.shutdownNow();
    // Each by itself: what one cannot write is no reason to lose what another can.
    curves.save();
    endOfBoosts.run();
    endOfReport.run();
  }
}
