package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.http.ProblemHandler;
import dev.spanthrift.agent.control.http.TypedParameters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.web.reactive.config.DelegatingWebFluxConfiguration;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** WebFlux without a server: requests come from the front, whole. */
@Configuration(proxyBeanMethods = false)
class ControlWeb extends DelegatingWebFluxConfiguration {
  private final JsonMapper mapper =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
  private final ControlParts parts;

  ControlWeb(ControlParts parts) {
    this.parts = parts;
  }

  @Bean
  ProblemHandler problemHandler() {
    return new ProblemHandler();
  }

  @Bean
  TypedParameters typedParameters() {
    return new TypedParameters();
  }

  @Override
  protected void configureHttpMessageCodecs(ServerCodecConfigurer codecs) {
    codecs.defaultCodecs().maxInMemorySize(parts.settings().bodyBytesMax());
    codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(mapper));
    codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(mapper));
  }
}
