package dev.spanthrift.agent.control.http;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Turns every exception into problem+json; the only place that does (RFC 9457). */
@Order(-2) // before Spring's own
public final class ProblemHandler implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private static final Pattern FLEET = Pattern.compile("/api/v1/(fleet|rollouts)(/.*)?");

  /** Those that Spring's own exceptions stand for. */
  private static final List<ProblemType> SPRING =
      List.of(
          ProblemType.SYNTAX,
          ProblemType.NOT_FOUND,
          ProblemType.METHOD_NOT_ALLOWED,
          ProblemType.NOT_ACCEPTABLE,
          ProblemType.TOO_LARGE,
          ProblemType.UNSUPPORTED_MEDIA_TYPE);

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(thrown); // half an answer is out: only the connection can say so
    }
    String id = requestId(exchange);
    ProblemException problem = problem(exchange, thrown, id);
    response.setRawStatusCode(problem.type().status().value());
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    addHeaders(response.getHeaders(), thrown, problem);
    byte[] body = ProblemBody.of(problem, exchange.getRequest().getPath().value(), id).json();
    response.getHeaders().setContentLength(body.length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }

  private static ProblemException problem(ServerWebExchange exchange, Throwable thrown, String id) {
    return switch (thrown) {
      case ProblemException e -> e;
      case UncheckedIOException e -> {
        log.warn("request {}: could not store: {}", id, e.toString());
        yield new ProblemException(ProblemType.NOT_STORED, "writing to the state directory failed");
      }
      case ErrorResponse e when e.getStatusCode().value() == 404 && isOfTheFleet(exchange) ->
          new ProblemException(ProblemType.FLEET_ONLY, "this sidecar knows nothing of others");
      case ServerWebInputException e when named(e) != null ->
          new ProblemException(ProblemType.SYNTAX, named(e) + " is not of its kind: " + wanted(e));
      case ErrorResponse e when e.getStatusCode().is4xxClientError() ->
          new ProblemException(type(e.getStatusCode().value()), detail(e));
      default -> {
        log.error("request {} failed", id, thrown);
        yield new ProblemException(ProblemType.INTERNAL, "see the log for request " + id);
      }
    };
  }

  private static boolean isOfTheFleet(ServerWebExchange exchange) {
    return FLEET.matcher(exchange.getRequest().getPath().value()).matches();
  }

  private static ProblemType type(int status) {
    for (ProblemType type : SPRING) {
      if (type.status().value() == status) {
        return type;
      }
    }
    return ProblemType.REFUSED;
  }

  private static String detail(ErrorResponse e) {
    String detail = e.getBody().getDetail();
    return detail == null || detail.isEmpty()
        ? type(e.getStatusCode().value()).title()
        : detail.replaceFirst("\\.$", ""); // a sentence follows
  }

  /** The parameter whose value cannot be read; null where it is something else. */
  private static @Nullable String named(ServerWebInputException e) {
    MethodParameter parameter = e.getMethodParameter();
    return e.getCause() instanceof TypeMismatchException && parameter != null
        ? parameter.getParameterName()
        : null;
  }

  private static String wanted(ServerWebInputException e) {
    Class<?> type = Objects.requireNonNull(e.getMethodParameter()).getParameterType();
    return type == boolean.class || type == Boolean.class ? "true or false" : "a whole number";
  }

  private static void addHeaders(HttpHeaders headers, Throwable thrown, ProblemException problem) {
    if (thrown instanceof ErrorResponse e) {
      e.getHeaders().forEach(headers::addAll);
    } else {
      problem.headers().forEach(headers::set);
    }
  }

  private static String requestId(ServerWebExchange exchange) {
    String id = exchange.getRequest().getHeaders().getFirst(RequestIds.HEADER);
    return id == null ? "" : id;
  }
}
