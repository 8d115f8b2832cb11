package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

class OpenApiTest {
  @Test
  void describesExactlyTheRoutesThereAre() {
    try (AdminPort port = AdminPort.startReadOnly()) {
      Set<String> routes = new TreeSet<>();
      port.server
          .beans(RequestMappingInfoHandlerMapping.class)
          .forEach(
              mapping -> mapping.getHandlerMethods().keySet().forEach(info -> add(routes, info)));
      assertEquals(routes, OpenApi.get().operations());
    }
  }

  private static void add(Set<String> routes, RequestMappingInfo info) {
    for (var pattern : info.getPatternsCondition().getPatterns()) {
      for (RequestMethod method : info.getMethodsCondition().getMethods()) {
        routes.add(method + " " + pattern.getPatternString());
      }
    }
  }

  @Test
  void resolvesEveryReference() {
    for (String text : OpenApi.get().root().toString().split("\"\\$ref\":\"#", -1)) {
      if (text.startsWith("/components")) {
        String pointer = text.substring(0, text.indexOf('"'));
        assertEquals(false, OpenApi.get().root().at(pointer).isMissingNode(), pointer);
      }
    }
  }
}
