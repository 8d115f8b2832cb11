package dev.spanthrift.agent.control;

import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.telemetry.PipelineMetrics;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.actuate.endpoint.web.WebFluxHealthEndpointExtensionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What stands behind the admin port: our own parts by hand, of Boot's auto-configuration only what
 * is named here.
 *
 * <p>A list instead of a scan, because the start is short and nothing on the class path can join.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  ConfigurationPropertiesAutoConfiguration.class,
  EndpointAutoConfiguration.class,
  WebEndpointAutoConfiguration.class,
  ManagementContextAutoConfiguration.class,
  HealthContributorRegistryAutoConfiguration.class,
  HealthEndpointAutoConfiguration.class,
  WebFluxHealthEndpointExtensionAutoConfiguration.class,
  MetricsAutoConfiguration.class,
  CompositeMeterRegistryAutoConfiguration.class,
  PrometheusMetricsExportAutoConfiguration.class,
  JvmMetricsAutoConfiguration.class
})
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
  HealthIndicator pipelineHealthIndicator(PipelineView pipeline) {
    return () ->
        (pipeline.phase() == PipelineView.Phase.READY ? Health.up() : Health.outOfService())
            .withDetail("phase", pipeline.phase())
            .build();
  }

  @Bean
  PipelineMetrics pipelineMetrics(PipelineView pipeline) {
    return new PipelineMetrics(pipeline::status);
  }
}
