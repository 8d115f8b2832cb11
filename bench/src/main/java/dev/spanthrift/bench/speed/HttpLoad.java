package dev.spanthrift.bench.speed;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection of a client that exports traces. */
final class HttpLoad extends ChannelInboundHandlerAdapter implements Load.Connection {
  private final Load load;
  private final boolean gzip;
  private final Queue<Integer> spansUnderWay = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private boolean accepted;

  HttpLoad(Load load, boolean gzip) {
    this.load = load;
    this.gzip = gzip;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public Channel channel() {
    return Objects.requireNonNull(context).channel();
  }

  @Override
  public void send(Feed feed) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    spansUnderWay.add(feed.spans());
    ByteBuf body = feed.write(ctx.alloc(), 0);
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/traces", body);
    request
        .headers()
        .set(HttpHeaderNames.HOST, "localhost")
        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-protobuf")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    if (gzip) {
      request.headers().set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
    }
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpResponse response) {
      accepted = response.status().equals(HttpResponseStatus.OK);
    }
    if (message instanceof LastHttpContent) {
      load.answered(this, Objects.requireNonNull(spansUnderWay.poll()), accepted);
    }
    ReferenceCountUtil.release(message);
  }
}
