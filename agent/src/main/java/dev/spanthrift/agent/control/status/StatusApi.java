package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.control.boost.ActiveBoost;
import dev.spanthrift.agent.control.boost.BoostBody;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.front.FrontCounts;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.killswitch.KillSwitchApi;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.policy.PolicyApi;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.explain.DecisionLog;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What goes on, and what it costs. */
@RestController
public final class StatusApi {
  private static final String SCOPE = "/scope"; // of the query's parameters

  private final PipelineView pipeline;
  private final PolicyStore store;
  private final KillSwitchKeeper killSwitch;
  private final BoostKeeper boosts;
  private final StatusHistory history;
  private final HourHistory hour;
  private final SpendView spend;
  private final FrontCounts admin;

  public StatusApi(
      PipelineView pipeline,
      PolicyStore store,
      KillSwitchKeeper killSwitch,
      BoostKeeper boosts,
      StatusHistory history,
      HourHistory hour,
      SpendView spend,
      FrontCounts admin) {
    this.pipeline = pipeline;
    this.store = store;
    this.killSwitch = killSwitch;
    this.boosts = boosts;
    this.history = history;
    this.hour = hour;
    this.spend = spend;
    this.admin = admin;
  }

  @GetMapping("/api/v1/status")
  StatusBody status() {
    PipelineStatus status = pipeline.status();
    SpanRing recorded = pipeline.recorded();
    DecisionLog decisions = pipeline.decisions();
    PolicyVersion policy = store.current();
    return new StatusBody(
        pipeline.phase().name().toLowerCase(Locale.ROOT),
        Instant.ofEpochMilli(status.startedUnixMillis()),
        Instant.ofEpochMilli(status.nowUnixMillis()),
        pipeline.degraded(),
        new StatusBody.PolicyInForce(
            policy.version(), PolicyApi.etag(policy), store.isConfigured()),
        pipeline.policies(),
        KillSwitchApi.SwitchBody.of(killSwitch.current()),
        boosts(),
        history.rates(),
        StatusBody.byName(status.signals()),
        StatusBody.spans(status),
        status.spans().held(),
        status.learned(),
        ProcessMemory.read(),
        new StatusBody.Start(AotCache.state().word()),
        StatusBody.destinations(status.destinations()),
        pipeline.ports(),
        StatusBody.laws(status.identities()),
        admin.read(),
        Guarded.runs(),
        Guarded.failures(),
        recorded == null ? null : recorded.counts(),
        decisions == null ? null : decisions.counts(),
        pipeline.fleet(),
        pipeline.controller(),
        history.curve());
  }

  /** What a page draws that was not there to see it. */
  @GetMapping("/api/v1/history")
  HourHistory.Hour history() {
    return hour.hour();
  }

  private List<BoostBody> boosts() {
    List<ActiveBoost> active = boosts.active();
    String currency = active.isEmpty() ? "" : spend.spend().currency();
    return active.stream().map(boost -> BoostBody.of(boost, currency)).toList();
  }

  /**
   * The books that this sidecar spends from.
   *
   * @param scope {@code fleet} to get no others than a fleet's
   */
  @GetMapping("/api/v1/spend")
  Spend spend(@RequestParam(required = false) @Nullable String scope) {
    Spend usual = spend.spend();
    return switch (scope) {
      case null -> usual;
      case Spend.SIDECAR -> spend.own();
      case Spend.FLEET -> {
        if (!usual.scope().equals(Spend.FLEET)) {
          throw ProblemException.invalid(
              SCOPE,
              "no fleet shares this sidecar's money",
              "scope=sidecar; a fleet shares it where fleet.url is set and a budget has share:"
                  + " fleet");
        }
        yield usual;
      }
      default ->
          throw ProblemException.invalid(
              SCOPE, "scope is " + scope, "scope=fleet or scope=sidecar");
    };
  }
}
