package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.control.access.AdminRoute;
import dev.spanthrift.agent.control.access.Routes;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;

class OpenApiTest {
  @Test
  void describesExactlyTheRoutesThereAre() {
    try (AdminPort port = AdminPort.startReadOnly()) {
      Set<String> routes = new TreeSet<>();
      port.server
          .beans(RequestMappingInfoHandlerMapping.class)
          .forEach(
              mapping -> mapping.getHandlerMethods().keySet().forEach(info -> add(routes, info)));
      port.server.directPaths().forEach(path -> routes.add("GET " + path));
      assertEquals(routes, OpenApi.get().operations());
    }
  }

  @Test
  void readsABodyExactlyWhereOneIsDescribed() {
    Set<String> described = new TreeSet<>();
    for (String operation : OpenApi.get().operations()) {
      String[] parts = operation.split(" ");
      JsonNode method =
          OpenApi.get().root().path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
      if (method.has("requestBody")) {
        described.add(operation);
      }
    }
    Set<String> read = new TreeSet<>();
    Routes.ALL.list().stream()
        .filter(AdminRoute::body)
        .forEach(route -> read.add(route.toString()));
    assertEquals(described, read);
  }

  @Test
  void everyRouteHasARole() {
    Set<String> listed = new TreeSet<>();
    Routes.ALL.list().forEach(route -> listed.add(route.toString()));
    assertEquals(OpenApi.get().operations(), listed);
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
