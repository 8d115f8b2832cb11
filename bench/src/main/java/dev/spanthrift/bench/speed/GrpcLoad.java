package dev.spanthrift.bench.speed;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection of a gRPC client that exports traces. */
final class GrpcLoad extends Http2ConnectionHandler implements Load.Connection {
  static final int PREFIX = 5; // compressed flag, length
  private static final AsciiString STATUS = AsciiString.cached("grpc-status");

  private final Load load;
  private final boolean gzip;
  private final Http2Headers headers;
  private final java.util.Map<Integer, Integer> spansOfStream = new java.util.HashMap<>();
  private @Nullable ChannelHandlerContext context;

  private GrpcLoad(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Load load,
      boolean gzip) {
    super(decoder, encoder, settings);
    this.load = load;
    this.gzip = gzip;
    headers = headers(gzip);
  }

  static GrpcLoad create(Load load, boolean gzip) {
    return new Builder(load, gzip).build();
  }

  private static Http2Headers headers(boolean gzip) {
    AsciiString[] more =
        gzip
            ? ascii("content-type", "application/grpc", "te", "trailers", "grpc-encoding", "gzip")
            : ascii("content-type", "application/grpc", "te", "trailers");
    return ReadOnlyHttp2Headers.clientHeaders(
        false,
        AsciiString.cached("POST"),
        AsciiString.cached("/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
        AsciiString.cached("http"),
        AsciiString.cached("localhost"),
        more);
  }

  private static AsciiString[] ascii(String... texts) {
    return java.util.Arrays.stream(texts).map(AsciiString::cached).toArray(AsciiString[]::new);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    context = ctx;
  }

  @Override
  public Channel channel() {
    return Objects.requireNonNull(context).channel();
  }

  @Override
  public void send(Feed feed) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    int spans = feed.spans();
    ByteBuf message = feed.write(ctx.alloc(), PREFIX);
    message.setByte(0, gzip ? 1 : 0).setInt(1, message.readableBytes() - PREFIX);
    int stream = connection().local().incrementAndGetNextStreamId();
    spansOfStream.put(stream, spans);
    encoder().writeHeaders(ctx, stream, headers, 0, false, ctx.newPromise());
    encoder()
        .writeData(ctx, stream, message, 0, true, ctx.newPromise())
        .addListener(sent -> failed(stream, sent.cause()));
    flush(ctx); // not ctx.flush(), which leaves data in the flow control
  }

  private void failed(int stream, @Nullable Throwable cause) {
    Integer spans = cause == null ? null : spansOfStream.remove(stream);
    if (spans != null) {
      System.err.println("bench: cannot send: " + cause);
      load.answered(this, spans, false);
    }
  }

  private void ended(int stream, Http2Headers trailers) {
    Integer spans = spansOfStream.remove(stream);
    if (spans != null) {
      CharSequence status = trailers.get(STATUS);
      load.answered(this, spans, status != null && AsciiString.contentEquals(status, "0"));
    }
  }

  private final class Answers extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean last) {
      if (last) {
        ended(stream, headers);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      onHeadersRead(ctx, stream, headers, padding, last);
    }
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<GrpcLoad, Builder> {
    private final Load load;
    private final boolean gzip;

    Builder(Load load, boolean gzip) {
      this.load = load;
      this.gzip = gzip;
      server(false);
      initialSettings(Http2Settings.defaultSettings().pushEnabled(false));
    }

    @Override
    protected GrpcLoad build() {
      return super.build();
    }

    @Override
    protected GrpcLoad build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      GrpcLoad built = new GrpcLoad(decoder, encoder, settings, load, gzip);
      frameListener(built.new Answers());
      return built;
    }
  }
}
