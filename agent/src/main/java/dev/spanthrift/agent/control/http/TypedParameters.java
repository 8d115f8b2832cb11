package dev.spanthrift.agent.control.http;

import java.util.List;
import java.util.Set;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses numbers and yes-or-no of the query that are named and left empty: Spring would take the
 * default, and {@code ?dryRun=} would change something.
 */
public final class TypedParameters implements WebFilter {
  /** All of openapi.json that are no text, which a test holds. */
  private static final Set<String> NAMES = Set.of("limit", "days", "dryRun", "from", "to");

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    for (var parameter : exchange.getRequest().getQueryParams().entrySet()) {
      if (NAMES.contains(parameter.getKey()) && isEmpty(parameter.getValue())) {
        return Mono.error(
            new ProblemException(
                ProblemType.SYNTAX,
                parameter.getKey() + " is named and has no value: leave it out or give it one"));
      }
    }
    return chain.filter(exchange);
  }

  private static boolean isEmpty(List<String> values) {
    return values.stream().anyMatch(value -> value == null || value.isBlank());
  }
}
