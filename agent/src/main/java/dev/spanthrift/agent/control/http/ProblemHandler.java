package dev.spanthrift.agent.control.http;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Turns every exception into problem+json; the only place that does (RFC 9457). */
@Order(-2) // before Spring's own
public final class ProblemHandler implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private static final String BUSY_SECONDS = "2"; // most what-ifs have ended by then
  private static final Pattern FLEET = Pattern.compile("/api/v1/(fleet|rollouts)(/.*)?");

  private final JsonMapper mapper;

  public ProblemHandler(JsonMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(thrown); // half an answer is out: only the connection can say so
    }
    ProblemBody problem = problem(exchange, thrown);
    response.setRawStatusCode(problem.status());
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    addHeaders(response.getHeaders(), thrown);
    byte[] body = mapper.writeValueAsBytes(problem);
    response.getHeaders().setContentLength(body.length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }

  private static ProblemBody problem(ServerWebExchange exchange, Throwable thrown) {
    return switch (thrown) {
      case ProblemException e -> of(exchange, e.type(), String.valueOf(e.getMessage()), e);
      case UncheckedIOException e -> {
        log.warn("request {}: could not store: {}", requestId(exchange), e.toString());
        yield of(exchange, ProblemType.NOT_STORED, "writing to the state directory failed");
      }
      case ErrorResponse e when e.getStatusCode().value() == 404 && isOfTheFleet(exchange) ->
          of(exchange, ProblemType.FLEET_ONLY, "this sidecar knows nothing of others");
      case ErrorResponse e when e.getStatusCode().is4xxClientError() ->
          of(exchange, type(e.getStatusCode().value()), detail(e));
      default -> {
        log.error("request {} failed", requestId(exchange), thrown);
        yield of(exchange, ProblemType.INTERNAL, "see the log for request " + requestId(exchange));
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

  /** Those that Spring's own exceptions stand for. */
  private static final List<ProblemType> SPRING =
      List.of(
          ProblemType.SYNTAX,
          ProblemType.NOT_FOUND,
          ProblemType.METHOD_NOT_ALLOWED,
          ProblemType.NOT_ACCEPTABLE,
          ProblemType.TOO_LARGE,
          ProblemType.UNSUPPORTED_MEDIA_TYPE);

  private static String detail(ErrorResponse e) {
    String detail = e.getBody().getDetail();
    return detail == null || detail.isEmpty() ? type(e.getStatusCode().value()).title() : detail;
  }

  private static void addHeaders(HttpHeaders headers, Throwable thrown) {
    switch (thrown) {
      case ErrorResponse e -> e.getHeaders().forEach(headers::addAll);
      case ProblemException e when e.etag() != null -> headers.setETag(e.etag());
      case ProblemException e when e.type() == ProblemType.TOKEN_REQUIRED ->
          headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"spanthrift\"");
      case ProblemException e when e.type() == ProblemType.BUSY ->
          headers.set(HttpHeaders.RETRY_AFTER, BUSY_SECONDS);
      default -> {
        // nothing to add
      }
    }
  }

  private static ProblemBody of(ServerWebExchange exchange, ProblemType type, String detail) {
    return of(exchange, type, detail, new ProblemException(type, detail));
  }

  private static ProblemBody of(
      ServerWebExchange exchange, ProblemType type, String detail, ProblemException e) {
    String instance = exchange.getRequest().getPath().value();
    String advice = detail + ". " + type.advice();
    return new ProblemBody(
        type.url(),
        type.title(),
        type.status().value(),
        e.errors().isEmpty() ? advice : detail,
        instance,
        e.errors(),
        e.etag(),
        e.diff(),
        requestId(exchange));
  }

  private static String requestId(ServerWebExchange exchange) {
    String id = exchange.getResponse().getHeaders().getFirst(DoorFilter.REQUEST_ID);
    return id == null ? "" : id;
  }
}
