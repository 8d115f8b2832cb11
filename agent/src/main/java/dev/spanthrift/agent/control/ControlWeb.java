package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.http.DoorFilter;
import dev.spanthrift.agent.control.http.LoopHandler;
import dev.spanthrift.agent.control.http.ProblemHandler;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.config.DelegatingWebFluxConfiguration;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** WebFlux on Netty, with threads of its own. */
@Configuration(proxyBeanMethods = false)
class ControlWeb extends DelegatingWebFluxConfiguration {
  private final JsonMapper mapper =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
  private final ControlSettings settings;

  ControlWeb(ControlSettings settings) {
    this.settings = settings;
  }

  /**
   * Own event loops: a slow browser must not hold up spans, and closing this context must not close
   * the loops of the OTLP ports.
   */
  @Bean
  ReactorResourceFactory controlLoops() {
    ReactorResourceFactory loops = new ReactorResourceFactory();
    loops.setUseGlobalResources(false);
    loops.setLoopResources(LoopResources.create("spanthrift-control", 1, true));
    return loops;
  }

  @Bean
  ReactiveWebServerFactory webServerFactory(ReactorResourceFactory loops) {
    NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(settings.port());
    factory.setAddress(settings.address());
    factory.setResourceFactory(loops);
    factory.setShutdown(Shutdown.GRACEFUL);
    return factory;
  }

  @Bean
  HttpHandler httpHandler(ApplicationContext context, ReactorResourceFactory controlLoops) {
    return new LoopHandler(
        WebHttpHandlerBuilder.applicationContext(context).build(),
        Schedulers.fromExecutor(
            controlLoops.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE)));
  }

  @Bean
  DoorFilter doorFilter() {
    return new DoorFilter(settings.address(), settings.hosts());
  }

  @Bean
  ProblemHandler problemHandler() {
    return new ProblemHandler(mapper);
  }

  @Override
  protected void configureHttpMessageCodecs(ServerCodecConfigurer codecs) {
    codecs.defaultCodecs().maxInMemorySize(settings.bodyBytesMax());
    codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(mapper));
    codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(mapper));
  }
}
