package dev.spanthrift.agent.receive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Base64;

/**
 * Writes the answer of a call; flushing is left to the connection.
 *
 * <p>Success is HEADERS, DATA, HEADERS; an error is one HEADERS with everything in it. Source:
 * grpc/grpc doc/PROTOCOL-HTTP2.md, "Responses".
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the connection by itself
final class GrpcReplies {
  private static final AsciiString OK = AsciiString.cached("200");
  private static final AsciiString STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
  private static final AsciiString DETAILS = AsciiString.cached("grpc-status-details-bin");
  private static final AsciiString ACCEPT = AsciiString.cached("grpc-accept-encoding");
  private static final AsciiString ENCODINGS = AsciiString.cached(Encoding.ALL);

  private static final Http2Headers OPENING =
      ReadOnlyHttp2Headers.serverHeaders(
          false, OK, HttpHeaderNames.CONTENT_TYPE, GrpcRequests.CONTENT_TYPE);
  private static final Http2Headers DONE =
      ReadOnlyHttp2Headers.trailers(false, STATUS, AsciiString.cached("0"));
  private static final ByteBuf EMPTY_MESSAGE =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(GrpcCall.PREFIX_BYTES)
              .writeZero(GrpcCall.PREFIX_BYTES)
              .asReadOnly());

  private GrpcReplies() {}

  static void write(Http2ConnectionEncoder out, ChannelHandlerContext ctx, int id, Answer answer) {
    switch (answer.outcome()) {
      case ACCEPTED -> success(out, ctx, id, EMPTY_MESSAGE.duplicate());
      case PARTIAL -> success(out, ctx, id, framed(Replies.protobuf(answer)));
      case WRONG_METHOD, NOT_GRPC ->
          out.writeHeaders(ctx, id, httpError(answer), 0, true, ctx.newPromise());
      default -> out.writeHeaders(ctx, id, error(answer), 0, true, ctx.newPromise());
    }
  }

  private static void success(
      Http2ConnectionEncoder out, ChannelHandlerContext ctx, int id, ByteBuf message) {
    out.writeHeaders(ctx, id, OPENING, 0, false, ctx.newPromise());
    out.writeData(ctx, id, message, 0, false, ctx.newPromise());
    out.writeHeaders(ctx, id, DONE, 0, true, ctx.newPromise());
  }

  private static ByteBuf framed(byte[] message) {
    return Unpooled.buffer(GrpcCall.PREFIX_BYTES + message.length)
        .writeByte(0)
        .writeInt(message.length)
        .writeBytes(message);
  }

  /** For those who do not speak gRPC. */
  private static Http2Headers httpError(Answer answer) {
    return new DefaultHttp2Headers(false).status(Integer.toString(answer.outcome().http));
  }

  private static Http2Headers error(Answer answer) {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .status(OK)
            .add(HttpHeaderNames.CONTENT_TYPE, GrpcRequests.CONTENT_TYPE)
            .add(STATUS, Integer.toString(answer.outcome().grpc))
            .add(MESSAGE, Text.percentEncoded(answer.message()));
    if (answer.outcome() == Outcome.UNSUPPORTED) {
      headers.add(ACCEPT, ENCODINGS);
    }
    if (answer.outcome() == Outcome.OVERLOADED || answer.outcome() == Outcome.MALFORMED) {
      byte[] status = Replies.status(answer);
      headers.add(DETAILS, Base64.getEncoder().withoutPadding().encodeToString(status));
    }
    return headers;
  }
}
