package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Answer;
import dev.spanthrift.agent.receive.door.Body;
import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.agent.receive.door.Workspace;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One request over HTTP: the {@code Mono} of its answer and the subscriber of its body in one
 * object.
 *
 * <p>All on the connection's event loop. A body that comes in one piece is never kept.
 */
final class HttpExchange extends Mono<Void> implements CoreSubscriber<Object>, Subscription {
  private static final byte[] NOTHING = new byte[0];

  private final Door door;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private HttpFormat format = HttpFormat.UNKNOWN;
  private Encoding encoding = Encoding.IDENTITY;
  private Signal signal = Signal.TRACES;
  private long announced;
  private @Nullable Body body;

  /** What will be answered when the body has ended. */
  private @Nullable Answer pending;

  private @Nullable Answer answer;
  private @Nullable CoreSubscriber<? super Void> downstream;

  HttpExchange(Door door, HttpServerRequest request, HttpServerResponse response) {
    this.door = door;
    this.request = request;
    this.response = response;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Void> actual) {
    downstream = actual;
    actual.onSubscribe(this);
    Answer refused = begin();
    if (refused != null) {
      refuse(refused);
    }
    if (answer == null) {
      request.receiveObject().subscribe(this);
    }
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Object piece) {
    if (answer != null || pending != null) {
      return;
    }
    HttpContent content = (HttpContent) piece;
    if (body == null && content instanceof LastHttpContent) {
      pending = whole(content.content());
      return;
    }
    Answer refused = piece(content.content());
    if (refused != null) {
      refuse(refused);
    }
  }

  @Override
  public void onComplete() {
    if (answer == null) {
      reply(pending != null ? pending : kept());
    }
  }

  @Override
  public void onError(Throwable cause) {
    end();
    if (answer == null) {
      answer = Answer.of(RequestOutcome.MALFORMED, "Connection ended");
      Objects.requireNonNull(downstream).onError(cause);
    }
  }

  @Override
  public void request(long n) {
    // There is nothing to request: the answer completes without a value.
  }

  @Override
  public void cancel() {
    end();
  }

  /** Reads the head: null if the body may come. */
  private @Nullable Answer begin() {
    HttpHeaders headers = request.requestHeaders();
    format = HttpFormat.of(headers.get(HttpHeaderNames.CONTENT_TYPE));
    Signal found = HttpPaths.signal(request.uri());
    if (found == null) {
      return Answer.of(RequestOutcome.NOT_FOUND, "No such path");
    }
    signal = found;
    if (!HttpPaths.isPost(request.method())) {
      return door.refuse(signal, Answer.of(RequestOutcome.WRONG_METHOD, "Only POST is allowed"));
    }
    if (format == HttpFormat.UNKNOWN) {
      return door.refuse(signal, Answer.of(RequestOutcome.UNSUPPORTED, HttpFormat.EXPECTED));
    }
    Encoding named = Encoding.named(headers.get(HttpHeaderNames.CONTENT_ENCODING));
    if (named == null) {
      String expected = "Content-Encoding must be one of " + Encoding.ALL;
      return door.refuse(signal, Answer.of(RequestOutcome.UNSUPPORTED, expected));
    }
    encoding = named;
    announced = HttpPaths.contentLength(headers);
    return announced > 0 ? door.admit(signal, announced) : null;
  }

  private Answer whole(ByteBuf data) {
    int length = data.readableBytes();
    Answer refused = announced < 0 ? door.admit(signal, length) : null;
    if (refused != null) {
      return refused;
    }
    byte[] scratch = Workspace.ofThread().scratch(length);
    data.readBytes(scratch, 0, length);
    return take(scratch, length);
  }

  private @Nullable Answer piece(ByteBuf data) {
    Body to = body;
    if (to == null) {
      to = new Body(door, signal, (int) announced);
      body = to;
    }
    return to.append(data);
  }

  /** A body that came in pieces, or none at all. */
  private Answer kept() {
    return body == null ? take(NOTHING, 0) : take(body.bytes(), body.length());
  }

  private Answer take(byte[] bytes, int length) {
    return door.take(signal, encoding, format == HttpFormat.JSON, bytes, 0, length);
  }

  /**
   * Answers before the body has ended: at once in HTTP/1.1, where the rest is read and dropped.
   *
   * <p>In HTTP/2 at the end of the body, because what comes for a stream that is gone counts as an
   * attack: a long overload would end the connection. Nothing is kept meanwhile.
   */
  private void refuse(Answer now) {
    if (request.version().majorVersion() < 2) {
      reply(now);
      return;
    }
    pending = now;
    end();
  }

  private void reply(Answer now) {
    answer = now;
    end();
    HttpReplies.send(response, format, signal, now, Objects.requireNonNull(downstream));
  }

  private void end() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
