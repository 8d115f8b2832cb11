package dev.spanthrift.agent.control.front;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * An answer that goes on: events for one client (text/event-stream), all on the event loop.
 *
 * <p>A client that leaves more than {@link #LYING_MAX} bytes lying beyond its socket is slow. What
 * is larger than that by itself, such as one change of a long policy, goes out while nothing lies:
 * else who comes again for it would be dropped for it again and again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class EventStream {
  static final String TYPE = "text/event-stream";
  static final int LYING_MAX = 64 << 10; // above the kernel's own buffer
  static final int ONCE_MAX = 1 << 20;
  private static final int PIECE_BYTES = 32 << 10; // the JDK copies each into direct memory

  private final ChannelHandlerContext ctx;
  private final FrontCounts counts;
  private final Runnable ended;
  private final Queue<byte[]> waiting = new ArrayDeque<>(); // the first is on its way
  private int lying;
  private boolean over;

  /**
   * Begins the answer.
   *
   * @param id of the request
   * @param ended told once, when nobody takes events any more
   */
  EventStream(ChannelHandlerContext ctx, FrontCounts counts, String id, Runnable ended) {
    this.ctx = ctx;
    this.counts = counts;
    this.ended = ended;
    counts.answered(200);
    counts.streamOpened();
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, TYPE);
    AnswerHeaders.add(response.headers(), id);
    HttpUtil.setTransferEncodingChunked(response, true);
    // Else the kernel would hold megabytes for a client that takes nothing, and count them as ours.
    ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, LYING_MAX);
    ctx.writeAndFlush(response);
  }

  /** Sends some events, whole; false when the client is too slow for them. */
  boolean send(byte[] events) {
    if (over) {
      return true;
    }
    if (events.length > (lying == 0 ? ONCE_MAX : LYING_MAX - lying)) {
      return false;
    }
    lying += events.length;
    waiting.add(events);
    if (waiting.size() == 1) {
      write(0);
    }
    return true;
  }

  private void write(int from) {
    byte[] events = waiting.element();
    int to = Math.min(events.length, from + PIECE_BYTES);
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(events, from, to - from)))
        .addListener(
            written -> {
              lying -= to - from;
              if (!written.isSuccess()) {
                ctx.close();
              } else if (to < events.length) {
                write(to);
              } else {
                waiting.remove();
                if (!waiting.isEmpty()) {
                  write(0);
                }
              }
            });
  }

  /** Its time is over: what was sent is whole, and the client may come again for what follows. */
  void finish() {
    end();
    if (waiting.isEmpty()) {
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(written -> ctx.close());
    } else {
      ctx.close(); // in the middle of an event, which comes again whole
    }
  }

  /** Nobody takes events any more. */
  void end() {
    if (!over) {
      over = true;
      counts.streamClosed();
      ended.run();
    }
  }
}
