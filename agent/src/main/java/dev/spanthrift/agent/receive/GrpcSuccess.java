package dev.spanthrift.agent.receive;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer of nearly every call, as one write of bytes that are always the same but for the
 * stream.
 *
 * <pre>
 * HEADERS  END_HEADERS             :status 200, content-type application/grpc
 * DATA                             00 00000000      an empty message (specs S8)
 * HEADERS  END_HEADERS END_STREAM  grpc-status 0
 * </pre>
 *
 * <p>The header blocks are literals without indexing (RFC 7541, 6.2.2), so that they depend on no
 * dynamic table. Waits in Netty's flow control for the five bytes of its DATA frame.
 */
final class GrpcSuccess implements FlowControlled {
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final byte[] OPENING = opening();
  private static final byte[] CLOSING = closing();
  private static final int DATA_AT = FRAME_HEADER_BYTES + OPENING.length;
  private static final int CLOSING_AT = DATA_AT + FRAME_HEADER_BYTES + GrpcCall.PREFIX_BYTES;
  private static final byte[] FRAMES = frames();
  private static final int STREAM_IN_HEADER = 5;

  private final Http2LifecycleManager connection;
  private final Http2Stream stream;
  private @Nullable ChannelFuture written;

  GrpcSuccess(Http2LifecycleManager connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  @Override
  public int size() {
    return written == null ? GrpcCall.PREFIX_BYTES : 0;
  }

  @Override
  public void write(ChannelHandlerContext ctx, int allowedBytes) {
    if (allowedBytes >= GrpcCall.PREFIX_BYTES) {
      ByteBuf out = ctx.alloc().buffer(FRAMES.length).writeBytes(FRAMES);
      out.setInt(STREAM_IN_HEADER, stream.id());
      out.setInt(DATA_AT + STREAM_IN_HEADER, stream.id());
      out.setInt(CLOSING_AT + STREAM_IN_HEADER, stream.id());
      stream.headersSent(false);
      written = ctx.write(out);
    }
  }

  @Override
  public void writeComplete() {
    connection.closeStreamLocal(stream, Objects.requireNonNull(written));
  }

  @Override
  public void error(@Nullable ChannelHandlerContext ctx, Throwable cause) {
    if (ctx != null) {
      connection.onError(ctx, true, cause);
    }
  }

  @Override
  public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
    return false;
  }

  private static byte[] frames() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    frame(out, Http2FrameTypes.HEADERS, END_HEADERS, OPENING);
    frame(out, Http2FrameTypes.DATA, 0, new byte[GrpcCall.PREFIX_BYTES]);
    frame(out, Http2FrameTypes.HEADERS, END_HEADERS | END_STREAM, CLOSING);
    return out.toByteArray();
  }

  private static void frame(ByteArrayOutputStream out, int type, int flags, byte[] payload) {
    out.writeBytes(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, 0});
    out.writeBytes(payload);
  }

  /** 88 is ":status 200" and 0f 10 "content-type" of the static table. */
  private static byte[] opening() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x88, 0x0f, 0x10});
    string(out, "application/grpc");
    return out.toByteArray();
  }

  private static byte[] closing() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    string(out, "grpc-status");
    string(out, "0");
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    out.write(text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
