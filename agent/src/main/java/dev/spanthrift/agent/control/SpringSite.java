package dev.spanthrift.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.front.AdminAnswer;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.Site;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.Disposable;

/** REST and page, by WebFlux: the one class through which Spring is reached. */
final class SpringSite implements Site, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpringSite.class);
  private static final int FAILED = 500;

  private final ControlParts parts;
  private @Nullable ConfigurableApplicationContext context;
  private @Nullable HttpHandler handler;

  SpringSite(ControlParts parts) {
    this.parts = parts;
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    var unused = begin(request, done);
  }

  /** Given up, Reactor interrupts the thread that blocks for it. */
  @Override
  public Runnable begin(AdminRequest request, Consumer<AdminAnswer> done) {
    WebResponse response = new WebResponse();
    Disposable work =
        opened()
            .handle(new WebRequest(request), response)
            .subscribe(
                nothing -> {},
                failure -> {
                  log.error("request {} failed", request.id(), failure);
                  done.accept(
                      AdminAnswer.of(FAILED, "text/plain", "see the log\n".getBytes(UTF_8)));
                },
                () -> done.accept(response.answer()));
    return work::dispose;
  }

  private synchronized HttpHandler opened() {
    HttpHandler known = handler;
    if (known == null) {
      known = WebHttpHandlerBuilder.applicationContext(context()).build();
      handler = known;
    }
    return known;
  }

  /** For tests. */
  <T> Collection<T> beans(Class<T> type) {
    return context().getBeansOfType(type).values();
  }

  private synchronized ConfigurableApplicationContext context() {
    ConfigurableApplicationContext known = context;
    if (known == null) {
      known = application().run();
      context = known;
    }
    return known;
  }

  private SpringApplication application() {
    SpringApplication application = new SpringApplication(ControlContext.class, ControlWeb.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    application.setAddCommandLineProperties(false);
    application.setAddConversionService(false);
    application.setEnvironment(environment());
    // No listeners: they would read application.properties and set up logging a second time.
    application.setListeners(List.of());
    application.setInitializers(
        List.of(c -> c.getBeanFactory().registerSingleton("controlParts", parts)));
    return application;
  }

  /** None of the application beside us may move us: not even its variables are read. */
  private static ConfigurableEnvironment environment() {
    ConfigurableEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .forEach(s -> environment.getPropertySources().remove(s.getName()));
    environment.getPropertySources().addFirst(new MapPropertySource("spanthrift", Map.of()));
    return environment;
  }

  @Override
  public synchronized void close() {
    if (context != null) {
      context.close();
    }
  }
}
