package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.http.ProblemBody;
import dev.spanthrift.agent.control.http.ProblemException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** Problems that are seen before anything else looks at a request. */
final class ProblemAnswers {
  private ProblemAnswers() {}

  static AdminAnswer of(ProblemException problem, String path, String id) {
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json");
    problem.headers().forEach(headers::set);
    byte[] body = ProblemBody.of(problem, path, id).json();
    return new AdminAnswer(problem.type().status().value(), headers, body, false);
  }
}
