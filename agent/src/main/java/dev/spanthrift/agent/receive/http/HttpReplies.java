package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Answer;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Replies;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.reactivestreams.Subscriber;
import reactor.netty.http.server.HttpServerResponse;

/** Writes the answer of a request (specs.md S8–S14). */
final class HttpReplies {
  private HttpReplies() {}

  static void send(
      HttpServerResponse response,
      HttpFormat format,
      Signal signal,
      Answer answer,
      Subscriber<? super Void> done) {
    response.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, format.contentType());
    if (answer.accepted() && format == HttpFormat.PROTOBUF) {
      done.onComplete(); // reactor-netty then writes a head with Content-Length: 0
      return;
    }
    response.status(HttpResponseStatus.valueOf(answer.outcome().http));
    explain(response, answer);
    byte[] bytes =
        format == HttpFormat.PROTOBUF ? Replies.protobuf(answer) : Replies.json(signal, answer);
    response
        .sendObject(Unpooled.wrappedBuffer(bytes))
        .then()
        .subscribe(nothing -> {}, done::onError, done::onComplete);
  }

  private static void explain(HttpServerResponse response, Answer answer) {
    switch (answer.outcome()) {
      case WRONG_METHOD -> response.header(HttpHeaderNames.ALLOW, "POST");
      case UNSUPPORTED -> response.header(HttpHeaderNames.ACCEPT_ENCODING, Encoding.ALL);
      case OVERLOADED ->
          response.header(HttpHeaderNames.RETRY_AFTER, Long.toString(seconds(answer)));
      default -> {}
    }
  }

  /** Whole seconds, rounded up: zero would ask for an attack. */
  private static long seconds(Answer answer) {
    return Math.max(1, answer.retryAfter().plusNanos(999_999_999).toSeconds());
  }
}
