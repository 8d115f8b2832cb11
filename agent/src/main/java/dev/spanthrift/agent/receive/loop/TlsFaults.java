package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Stray;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;

/** Counts and says which handshakes failed; stands behind the handler of TLS. */
public final class TlsFaults extends ChannelInboundHandlerAdapter {
  private static final String PLAIN =
      "This port speaks TLS: the client's endpoint should begin with https://";

  private final Door door;
  private final boolean answersPlain;

  /**
   * @param answersPlain whether who speaks no TLS would understand an answer of HTTP/1.1
   */
  public TlsFaults(Door door, boolean answersPlain) {
    this.door = door;
    this.answersPlain = answersPlain;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      failed(ctx, handshake.cause());
    }
    ctx.fireUserEventTriggered(event);
  }

  private void failed(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      door.stray(Stray.PLAIN_ON_TLS, PLAIN);
      if (answersPlain) {
        ctx.pipeline()
            .context(SslHandler.class) // from there outwards: not through TLS
            .writeAndFlush(Farewell.badRequest(ctx, PLAIN), ctx.channel().voidPromise());
      }
    } else if (!(cause instanceof ClosedChannelException)) {
      door.stray(
          Stray.TLS_FAILED,
          "the TLS handshake with %s failed: %s"
              .formatted(ctx.channel().remoteAddress(), cause.getMessage()));
    }
  }

  @Override
  @SuppressWarnings("deprecation") // of the interface; what is overridden here is not
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Of the handshake, said above, or of a connection that is gone.
    ctx.close();
  }
}
