package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.status.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.exporter.NetworkWords;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The admin port: REST, page, health, metrics.
 *
 * <p>Started after the OTLP ports are open; its end does not touch them.
 */
public final class ControlServer implements AutoCloseable {
  private static final Map<String, Object> PROPERTIES =
      Map.of("spring.lifecycle.timeout-per-shutdown-phase", "2s");

  private final ConfigurableApplicationContext context;

  private ControlServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /**
   * Opens the port; returns when it answers.
   *
   * @throws IllegalStateException with a sentence for people when it cannot be opened
   */
  public static ControlServer start(
      ControlSettings settings, PipelineView pipeline, PolicyStore policies, SpendView spend) {
    SpringApplication application = new SpringApplication(ControlContext.class, ControlWeb.class);
    application.setWebApplicationType(WebApplicationType.REACTIVE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    application.setAddCommandLineProperties(false);
    application.setAddConversionService(false);
    application.setEnvironment(environment());
    // No listeners: they would read application.properties and set up logging a second time.
    application.setListeners(List.of());
    application.setInitializers(
        List.of(c -> parts(c.getBeanFactory(), settings, pipeline, policies, spend)));
    return new ControlServer(run(application, settings));
  }

  private static ConfigurableApplicationContext run(
      SpringApplication application, ControlSettings settings) {
    try {
      return application.run();
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          NetworkWords.ofPort(
              e, settings.address().getHostAddress(), settings.port(), "SPANTHRIFT_ADMIN_PORT"),
          e);
    }
  }

  private static void parts(
      ConfigurableListableBeanFactory beans,
      ControlSettings settings,
      PipelineView pipeline,
      PolicyStore policies,
      SpendView spend) {
    beans.registerSingleton("controlSettings", settings);
    beans.registerSingleton("pipelineView", pipeline);
    beans.registerSingleton("policyStore", policies);
    beans.registerSingleton("spendView", spend);
  }

  /** Only our own settings: a SERVER_PORT meant for the application beside us must not move us. */
  private static ConfigurableEnvironment environment() {
    ConfigurableEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .forEach(s -> environment.getPropertySources().remove(s.getName()));
    environment.getPropertySources().addFirst(new MapPropertySource("spanthrift", PROPERTIES));
    return environment;
  }

  /** The port that was bound. */
  public int port() {
    ReactiveWebServerApplicationContext web = (ReactiveWebServerApplicationContext) context;
    return Objects.requireNonNull(web.getWebServer(), "not started").getPort();
  }

  /** For tests: what the context holds. */
  <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  /** Lets requests end for at most 2 s, then closes the port. */
  @Override
  public void close() {
    context.close();
  }
}
