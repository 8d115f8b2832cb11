package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.admin.ProgramMetrics;
import dev.spanthrift.kubernetes.stream.Sidecars;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the controller tells Prometheus. */
final class ControllerMetrics {
  private static final List<String> TASKS =
      List.of(
          Controller.TICKS,
          Controller.BEAT,
          Controller.PUBLISH,
          Controller.OTHERS,
          Controller.RECONCILE,
          Reconciliation.OBJECT,
          Sidecars.TASK,
          ServedCertificate.TASK);

  private final ProgramMetrics metrics = new ProgramMetrics("controller");
  private final Controller controller;

  private ControllerMetrics(Controller controller) {
    this.controller = controller;
  }

  static ProgramMetrics of(Controller controller) {
    ControllerMetrics all = new ControllerMetrics(controller);
    all.port();
    all.objects();
    all.certificate();
    all.replica();
    return all.metrics;
  }

  private void gauge(String name, String description, ToLongFunction<Controller.Counts> figure) {
    metrics.gauge(name, description, () -> figure.applyAsLong(controller.counts()));
  }

  private void counter(String name, String description, ToLongFunction<Controller.Counts> figure) {
    metrics.counted(name, description, () -> figure.applyAsLong(controller.counts()));
  }

  private void port() {
    gauge("sidecars", "Sidecars that are connected.", c -> c.sidecars().connected());
    counter("streams.opened", "Streams that were opened.", c -> c.sidecars().opened());
    counter(
        "streams.full", "Streams refused because there were too many.", c -> c.sidecars().full());
    counter("streams.slow", "Streams ended that took nothing any more.", c -> c.sidecars().slow());
    counter(
        "streams.silent", "Streams ended that said nothing any more.", c -> c.sidecars().silent());
    counter("messages.unread", "Messages that made no sense.", c -> c.sidecars().unread());
    counter("changes", "Changes sent to sidecars.", c -> c.sidecars().changes());
    counter("tokens.refused", "Streams refused by their token.", Controller.Counts::tokensRefused);
    counter(
        "tokens.unasked",
        "Streams refused as nobody could be asked about their token.",
        Controller.Counts::tokensUnasked);
    counter(
        "token.reviews", "TokenReviews asked of the API server.", Controller.Counts::tokenReviews);
    gauge("connections", "Connections of the port for sidecars.", Controller.Counts::connections);
    counter(
        "connections.full",
        "Connections of it that were closed because there were too many.",
        Controller.Counts::connectionsFull);
    counter(
        "connections.mute",
        "Connections of it that were closed because no request came in time.",
        Controller.Counts::connectionsMute);
  }

  private void objects() {
    counter(
        "reconciliations",
        "Times that all objects were looked at.",
        Controller.Counts::reconciliations);
    counter(
        "watch.failures",
        "Times that a watch of objects failed and was begun again.",
        Controller.Counts::watchFailures);
    counter("status.writes", "Statuses written.", Controller.Counts::statusWrites);
    counter(
        "status.failures",
        "Statuses that could not be written.",
        Controller.Counts::statusFailures);
    counter(
        "applied.unreadable",
        "Times that what a status says was applied could not be read.",
        Controller.Counts::unreadable);
    gauge(
        "objects.invalid",
        "Policies and budgets that cannot be used, where this replica leads.",
        Controller.Counts::invalid);
    gauge(
        "sidecars.behind",
        "Sidecars that match an object and do not run it, where this replica leads.",
        Controller.Counts::behind);
    gauge(
        "sidecars.refusing",
        "Of these, such as said that they cannot use it.",
        Controller.Counts::refused);
  }

  private void certificate() {
    if (controller.counts().certificateExpiry() >= 0) {
      gauge(
          "certificate.expiry",
          "Seconds since 1970 at which the certificate ends; 0 while there is none.",
          Controller.Counts::certificateExpiry);
    }
    counter(
        "authority.writes",
        "ConfigMaps written by which sidecars know the certificate.",
        Controller.Counts::authorities);
    counter(
        "authority.failures",
        "Such ConfigMaps that a namespace refused.",
        Controller.Counts::authorityFailures);
  }

  private void replica() {
    for (String task : TASKS) {
      metrics.counted(
          "task.failures",
          "Background tasks that failed.",
          () -> Guarded.failures().getOrDefault(task, 0L),
          "task",
          task);
    }
    gauge(
        "summary.cut",
        "1 while the summary for the other replicas lacks entries, as it would be too long.",
        c -> c.summaryCut() ? 1 : 0);
    gauge("leader", "1 where this replica writes status.", c -> c.leader() ? 1 : 0);
  }
}
