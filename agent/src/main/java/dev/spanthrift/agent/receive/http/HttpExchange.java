package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Body;
import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.agent.receive.door.Workspace;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP: from its head to its answer.
 *
 * <p>All on the connection's event loop. A body that comes in one piece is never kept.
 */
final class HttpExchange {
  private final Door door;
  private final HttpReplies replies;
  private final HttpRequest request;
  private final HttpFormat format;
  private Encoding encoding = Encoding.IDENTITY;
  private @Nullable Signal signal; // null until one is counted
  private long announced;
  private @Nullable Body body;
  private @Nullable RequestAnswer answer;
  private boolean sent;

  HttpExchange(Door door, HttpReplies replies, HttpRequest request) {
    this.door = door;
    this.replies = replies;
    this.request = request;
    this.format = HttpFormat.of(request.headers().get(HttpHeaderNames.CONTENT_TYPE));
  }

  /** What the client is told; null as long as that depends on the body. */
  @Nullable RequestAnswer answer() {
    return answer;
  }

  boolean isSent() {
    return sent;
  }

  void sent() {
    sent = true;
  }

  FullHttpResponse response(RequestAnswer told) {
    return replies.of(request, format, signal, told);
  }

  /** Reads the head. */
  void begin() {
    answer = Cors.isPreflight(request) ? preflight() : head();
  }

  private RequestAnswer preflight() {
    String refusal = replies.cors().refusal(request.headers());
    if (refusal == null) {
      door.stray(Stray.PREFLIGHT, "");
      return RequestAnswer.of(RequestOutcome.PREFLIGHT, "");
    }
    door.stray(Stray.PREFLIGHT_REFUSED, "a browser's request is refused: " + refusal);
    return RequestAnswer.of(RequestOutcome.FORBIDDEN, refusal);
  }

  private @Nullable RequestAnswer head() {
    String target = HttpPaths.path(request.uri());
    Signal found = HttpPaths.signal(target);
    if (found == null) {
      String words = replies.noSuchPath(target, request.headers());
      door.stray(
          HttpPaths.isGrpc(request.headers()) ? Stray.GRPC_ON_HTTP : Stray.WRONG_PATH, words);
      return RequestAnswer.of(RequestOutcome.NOT_FOUND, words);
    }
    signal = found;
    door.arrived(found);
    RequestAnswer refused = fault(request.headers());
    if (refused == null && announced > 0) {
      refused = door.admit(found, announced);
    } else if (refused != null) {
      refused = door.refuse(found, refused);
    }
    return refused;
  }

  /** Why this head opens no request that we can take. */
  private @Nullable RequestAnswer fault(HttpHeaders headers) {
    if (!HttpPaths.isPost(request.method())) {
      return RequestAnswer.of(RequestOutcome.WRONG_METHOD, "Only POST is allowed");
    }
    if (HttpPaths.expectsTheUnknown(request)) {
      return RequestAnswer.of(RequestOutcome.UNEXPECTED, "Only 100-continue may be expected");
    }
    if (format == HttpFormat.UNKNOWN) {
      return RequestAnswer.of(RequestOutcome.UNSUPPORTED, HttpFormat.EXPECTED);
    }
    Encoding named = Encoding.of(headers.getAll(HttpHeaderNames.CONTENT_ENCODING));
    if (named == null) {
      return RequestAnswer.of(
          RequestOutcome.UNSUPPORTED, "Content-Encoding must be one of " + Encoding.ALL);
    }
    encoding = named;
    announced = HttpPaths.contentLength(headers);
    return null;
  }

  /** The next piece of the body. */
  void read(ByteBuf piece, boolean last) {
    Signal of = signal;
    if (answer != null || of == null) {
      return;
    }
    if (last && body == null) {
      answer = whole(of, piece);
      return;
    }
    answer = keep(of, piece);
    Body all = body;
    if (answer == null && last && all != null) {
      answer = take(of, all.bytes(), all.length());
    }
    if (answer != null) {
      release();
    }
  }

  private RequestAnswer whole(Signal of, ByteBuf data) {
    int length = data.readableBytes();
    RequestAnswer refused = announced < 0 ? door.admit(of, length) : null;
    if (refused != null) {
      return refused;
    }
    byte[] scratch = Workspace.ofThread().scratch(length);
    data.readBytes(scratch, 0, length);
    return take(of, scratch, length);
  }

  private @Nullable RequestAnswer keep(Signal of, ByteBuf piece) {
    Body to = body;
    if (to == null) {
      to = new Body(door, of, (int) announced);
      body = to;
    }
    return to.append(piece);
  }

  private RequestAnswer take(Signal of, byte[] bytes, int length) {
    return door.take(of, encoding, format == HttpFormat.JSON, bytes, 0, length);
  }

  /** Ends a request that was not answered yet; the refusal is counted. */
  void end(RequestAnswer why) {
    release();
    if (answer == null && signal != null) {
      answer = door.refuse(signal, why);
    }
  }

  /** The client has gone before its request was whole. */
  void cut() {
    release();
    if (answer == null && signal != null) {
      answer = door.cut(signal);
    }
  }

  private void release() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
