package dev.spanthrift.agent.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.test.StepVerifier;

class ProblemHandlerTest {
  private final ProblemHandler handler = new ProblemHandler();

  private MockServerHttpResponse answer(Throwable thrown) {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(MockServerHttpRequest.get("/api/v1/policy"));
    StepVerifier.create(handler.handle(exchange, thrown))
        .expectComplete()
        .verify(Duration.ofSeconds(10));
    return exchange.getResponse();
  }

  @Test
  void whoeverComesTooEarlyIsToldWhenToComeBack() {
    MockServerHttpResponse busy = answer(new ProblemException(ProblemType.BUSY, "one at a time"));
    assertEquals(429, busy.getStatusCode().value());
    assertEquals("2", busy.getHeaders().getFirst(HttpHeaders.RETRY_AFTER));
    MockServerHttpResponse other = answer(new ProblemException(ProblemType.SYNTAX, "no"));
    assertNull(other.getHeaders().getFirst(HttpHeaders.RETRY_AFTER));
  }
}
