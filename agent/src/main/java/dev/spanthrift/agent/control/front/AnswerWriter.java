package dev.spanthrift.agent.control.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Writes one answer into a connection, on its event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class AnswerWriter {
  private static final int WRITE_BYTES = 32 << 10;

  private final ChannelHandlerContext ctx;
  private final byte[] body;
  private final Runnable taken;

  private AnswerWriter(ChannelHandlerContext ctx, byte[] body, Runnable taken) {
    this.ctx = ctx;
    this.body = body;
    this.taken = taken;
  }

  /**
   * Writes it; where that fails, the connection is closed.
   *
   * @param id of the request
   * @param bare without its body, as HEAD wants it
   * @param last whether the connection ends with it
   * @param taken called when all of it is in the socket
   */
  static void write(
      ChannelHandlerContext ctx,
      AdminAnswer answer,
      String id,
      boolean bare,
      boolean last,
      Runnable taken) {
    HttpResponse response =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), answer.headers());
    HttpHeaders headers = response.headers();
    AnswerHeaders.add(headers, id);
    if (answer.status() != 204 && answer.status() != 304) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ctx.write(response);
    new AnswerWriter(ctx, bare ? new byte[0] : answer.body(), taken).from(0);
  }

  /** Piece by piece: the JDK copies what is written into direct memory as large as that. */
  private void from(int from) {
    int to = Math.min(body.length, from + WRITE_BYTES);
    boolean end = to == body.length;
    var piece = Unpooled.wrappedBuffer(body, from, to - from);
    ctx.writeAndFlush(end ? new DefaultLastHttpContent(piece) : new DefaultHttpContent(piece))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                ctx.close();
              } else if (end) {
                taken.run();
              } else {
                from(to);
              }
            });
  }
}
