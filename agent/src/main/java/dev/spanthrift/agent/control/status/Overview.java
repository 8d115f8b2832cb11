package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.control.killswitch.KillSwitchApi.SwitchBody;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.exporter.DestinationStatus;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is seen at one glance.
 *
 * @param keptByReason spans since start
 * @param queuedBytes that wait for destinations
 * @param away names of destinations that do not answer
 */
public record Overview(
    String phase,
    Instant at,
    List<String> degraded,
    long policyVersion,
    SwitchBody killSwitch,
    StatusHistory.Rates rates,
    long received,
    Map<String, Long> keptByReason,
    Map<String, Long> droppedByReason,
    long held,
    long queuedBytes,
    List<String> away,
    Spend spend) {

  /** How it looks whenever somebody asks. */
  public static Supplier<Overview> of(
      PipelineView pipeline,
      PolicyStore policies,
      KillSwitchKeeper killSwitch,
      StatusHistory history,
      SpendView spend) {
    return () -> {
      PipelineStatus status = pipeline.status();
      return new Overview(
          pipeline.phase().name().toLowerCase(Locale.ROOT),
          Instant.ofEpochMilli(status.nowUnixMillis()),
          pipeline.degraded(),
          policies.current().version(),
          SwitchBody.of(killSwitch.current()),
          history.rates(),
          status.spans().received().spans(),
          status.spans().kept().byReason(),
          status.spans().dropped().byReason(),
          status.spans().held().spans(),
          status.destinations().stream().mapToLong(DestinationStatus::queuedBytes).sum(),
          status.destinations().stream()
              .filter(DestinationStatus::away)
              .map(DestinationStatus::name)
              .toList(),
          spend.spend());
    };
  }
}
