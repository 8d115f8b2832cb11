package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.timer.Guarded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The last words on a connection.
 *
 * <p>To close while bytes of the client are unread resets the connection, and the client may never
 * see the answer. So only our side is shut; what still comes is to be dropped by the handler, until
 * the client closes or some time has passed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class Farewell {
  private static final long LINGER_MILLIS = 2_000;

  private Farewell() {}

  /** Sends the message, shuts our side, and closes a little later. */
  public static void send(ChannelHandlerContext ctx, Object message) {
    ctx.writeAndFlush(message)
        .addListener(
            sent -> {
              if (sent.isSuccess() && ctx.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
              } else {
                ctx.close();
              }
            });
    ctx.executor()
        .schedule(
            Guarded.task("last words", () -> ctx.close()), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** An answer in HTTP/1.1, which tells people more than any other, whatever the client speaks. */
  public static ByteBuf badRequest(ChannelHandlerContext ctx, String words) {
    byte[] body = (words + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuf answer = ctx.alloc().buffer();
    ByteBufUtil.writeAscii(
        answer,
        "HTTP/1.1 400 Bad Request\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\n"
            + "Connection: close\r\n"
            + "Content-Length: "
            + body.length
            + "\r\n\r\n");
    return answer.writeBytes(body);
  }
}
