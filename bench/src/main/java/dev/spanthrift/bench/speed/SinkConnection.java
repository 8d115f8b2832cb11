package dev.spanthrift.bench.speed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;

/** One HTTP/2 connection to the sink. */
final class SinkConnection extends Http2ConnectionHandler {
  private static final int WINDOW_BYTES = 16 << 20;
  private static final Http2Headers OPENING =
      ReadOnlyHttp2Headers.serverHeaders(
          false,
          AsciiString.cached("200"),
          AsciiString.cached("content-type"),
          AsciiString.cached("application/grpc"));
  private static final Http2Headers DONE =
      ReadOnlyHttp2Headers.trailers(
          false, AsciiString.cached("grpc-status"), AsciiString.cached("0"));

  private final Sink sink;
  private final PropertyKey callKey;

  /** What has come of one request. */
  private record Call(String encoding, ByteBuf body) {}

  private SinkConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Sink sink) {
    super(decoder, encoder, settings);
    this.sink = sink;
    callKey = connection().newKey();
  }

  static SinkConnection create(Sink sink) {
    return new Builder(sink).build();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    decoder().flowController().incrementWindowSize(connection().connectionStream(), WINDOW_BYTES);
    ctx.flush();
  }

  private void answer(ChannelHandlerContext ctx, int stream, Call call) {
    ByteBuf body = call.body();
    boolean compressed = body.readByte() != 0;
    byte[] message = new byte[body.readInt()];
    body.readBytes(message);
    body.release();
    sink.take(call.encoding(), message, compressed);
    encoder().writeHeaders(ctx, stream, OPENING, 0, false, ctx.newPromise());
    encoder().writeData(ctx, stream, Unpooled.buffer(5).writeZero(5), 0, false, ctx.newPromise());
    encoder().writeHeaders(ctx, stream, DONE, 0, true, ctx.newPromise());
  }

  private final class Requests extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean last) {
      CharSequence encoding = headers.get("grpc-encoding");
      Call call = new Call(encoding == null ? "" : encoding.toString(), ctx.alloc().heapBuffer());
      connection().stream(stream).setProperty(callKey, call);
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

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean last)
        throws Http2Exception {
      int consumed = data.readableBytes() + padding;
      Call call = connection().stream(stream).getProperty(callKey);
      call.body().writeBytes(data);
      if (last) {
        answer(ctx, stream, call);
      }
      return consumed;
    }
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<SinkConnection, Builder> {
    private final Sink sink;

    Builder(Sink sink) {
      this.sink = sink;
      server(true);
      initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW_BYTES));
    }

    @Override
    protected SinkConnection build() {
      return super.build();
    }

    @Override
    protected SinkConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      SinkConnection built = new SinkConnection(decoder, encoder, settings, sink);
      frameListener(built.new Requests());
      return built;
    }
  }
}
