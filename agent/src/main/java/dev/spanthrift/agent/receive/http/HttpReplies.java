package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.AnswerText;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Replies;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.HttpConversionUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Makes the answers of the HTTP port (specs.md S8–S14). */
final class HttpReplies {
  private static final String GRPC = "application/grpc";

  private final Cors cors;
  private final String grpcPort;

  /**
   * @param grpcPort the port for those who speak gRPC
   */
  HttpReplies(Cors cors, int grpcPort) {
    this.cors = cors;
    this.grpcPort = grpcPort == 4317 ? "port 4317" : "port " + grpcPort + " (4317 by default)";
  }

  Cors cors() {
    return cors;
  }

  /** What is right in place of a path that is none. */
  String noSuchPath(String path, HttpHeaders headers) {
    return HttpPaths.isGrpc(headers)
        ? "This port takes OTLP/HTTP; OTLP/gRPC goes to " + grpcPort
        : HttpPaths.hint(path);
  }

  FullHttpResponse goOn() {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
  }

  FullHttpResponse of(
      HttpRequest request, HttpFormat format, @Nullable Signal signal, RequestAnswer answer) {
    if (answer.outcome() == RequestOutcome.PREFLIGHT) {
      return permitted(request);
    }
    HttpHeaders asked = request.headers();
    FullHttpResponse response =
        signal == null && HttpPaths.isGrpc(asked) && isHttp2(asked)
            ? unimplemented(answer)
            : told(format, signal, answer);
    cors.share(asked, response.headers());
    return response;
  }

  private static FullHttpResponse told(
      HttpFormat format, @Nullable Signal signal, RequestAnswer answer) {
    byte[] body =
        format == HttpFormat.PROTOBUF
            ? Replies.protobuf(answer)
            : Replies.json(signal == null ? Signal.TRACES : signal, answer);
    FullHttpResponse response = sized(answer.outcome().http, Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, format.contentType());
    explain(response.headers(), answer);
    return response;
  }

  /** What clients of gRPC understand: all in the headers (grpc doc/PROTOCOL-HTTP2.md). */
  private static FullHttpResponse unimplemented(RequestAnswer answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, GRPC)
        .set("grpc-status", answer.outcome().grpc)
        .set("grpc-message", AnswerText.percentEncoded(answer.message()));
    return response;
  }

  private FullHttpResponse permitted(HttpRequest question) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT, Unpooled.EMPTY_BUFFER);
    cors.permit(question.headers(), response.headers());
    return response;
  }

  /** An answer to what is no request. */
  FullHttpResponse text(HttpResponseStatus status, String words) {
    FullHttpResponse response =
        sized(status.code(), Unpooled.copiedBuffer(words + "\n", StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return response;
  }

  private static FullHttpResponse sized(int status, ByteBuf body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    return response;
  }

  private static void explain(HttpHeaders headers, RequestAnswer answer) {
    switch (answer.outcome()) {
      case WRONG_METHOD -> headers.set(HttpHeaderNames.ALLOW, "POST");
      case UNSUPPORTED -> headers.set(HttpHeaderNames.ACCEPT_ENCODING, Encoding.ALL);
      case OVERLOADED -> headers.set(HttpHeaderNames.RETRY_AFTER, Long.toString(seconds(answer)));
      default -> {}
    }
  }

  /** Whole seconds, rounded up: zero would ask for an attack. */
  private static long seconds(RequestAnswer answer) {
    return Math.max(1, answer.retryAfter().plusNanos(999_999_999).toSeconds());
  }

  private static boolean isHttp2(HttpHeaders headers) {
    return headers.contains(HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text());
  }
}
