package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Stray;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;

/** Tells by its first bytes what a client without TLS speaks: HTTP/1.x or HTTP/2. */
final class FirstBytes extends ByteToMessageDecoder {
  private static final int TLS_HANDSHAKE = 0x16; // content type of a record, RFC 8446, 5.1
  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private final HttpConnection connection;
  private boolean ended;

  FirstBytes(HttpConnection connection) {
    this.connection = connection;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (ended) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.getUnsignedByte(in.readerIndex()) == TLS_HANDSHAKE) {
      ended = true;
      in.skipBytes(in.readableBytes());
      connection.sendAway(
          ctx,
          Stray.TLS_ON_PLAIN,
          "This port speaks no TLS: the client's endpoint should begin with http://, or"
              + " listen.tls should be set");
      return;
    }
    int compared = Math.min(in.readableBytes(), PREFACE.readableBytes());
    boolean fits = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, compared);
    if (fits && compared < PREFACE.readableBytes()) {
      return;
    }
    if (fits) {
      connection.http2(ctx.pipeline());
    } else {
      connection.http1(ctx.pipeline());
    }
    ctx.pipeline().remove(this); // hands on what was read
  }
}
