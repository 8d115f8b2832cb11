package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.http.WriteAccess;
import dev.spanthrift.agent.control.killswitch.KillSwitchApi;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.policy.PolicyApi;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.policy.SimulateApi;
import dev.spanthrift.agent.control.status.HealthApi;
import dev.spanthrift.agent.control.status.MetricsApi;
import dev.spanthrift.agent.control.status.SpendView;
import dev.spanthrift.agent.control.status.StatusApi;
import dev.spanthrift.agent.control.status.StatusHistory;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.telemetry.Exposition;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What stands behind the admin port, part by part.
 *
 * <p>By hand: a scan or Boot's auto-configuration would find the same at twice the start time.
 */
@Configuration(proxyBeanMethods = false)
class ControlContext {
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService controlTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("spanthrift-control-timer").factory());
  }

  @Bean
  WriteAccess writeAccess(ControlSettings settings) {
    return new WriteAccess(settings.tokenFile());
  }

  @Bean
  KillSwitchKeeper killSwitchKeeper(
      ControlSettings settings, PipelineView pipeline, ScheduledExecutorService timer) {
    KillSwitchKeeper keeper =
        new KillSwitchKeeper(settings.stateDirectory(), pipeline, timer, System::currentTimeMillis);
    keeper.restore();
    return keeper;
  }

  @Bean
  StatusHistory statusHistory(PipelineView pipeline, ScheduledExecutorService timer) {
    StatusHistory history = new StatusHistory(pipeline::status);
    history.every(timer);
    return history;
  }

  @Bean
  PolicyApi policyApi(PolicyStore store, PipelineView pipeline, WriteAccess access) {
    return new PolicyApi(store, pipeline, access);
  }

  @Bean
  SimulateApi simulateApi(PipelineView pipeline, PolicyStore store, SpendView spend) {
    return new SimulateApi(pipeline, store, spend);
  }

  @Bean
  KillSwitchApi killSwitchApi(KillSwitchKeeper keeper, WriteAccess access) {
    return new KillSwitchApi(keeper, access);
  }

  @Bean
  StatusApi statusApi(
      PipelineView pipeline,
      PolicyStore store,
      KillSwitchKeeper keeper,
      StatusHistory history,
      SpendView spend) {
    return new StatusApi(pipeline, store, keeper, history, spend);
  }

  @Bean
  HealthApi healthApi(PipelineView pipeline) {
    return new HealthApi(pipeline);
  }

  @Bean
  PageApi pageApi() {
    return new PageApi();
  }

  @Bean
  MetricsApi metricsApi(PipelineView pipeline) {
    return new MetricsApi(new Exposition(pipeline));
  }
}
