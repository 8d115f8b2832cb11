package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.agent.receive.loop.Farewell;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one HTTP/1.x connection, one after the other, or the one of an HTTP/2 stream.
 *
 * <p>Each is answered while its last piece is read, so that answers are in order. In HTTP/1.1 a
 * refusal goes out at once, and the rest of the body is read and dropped; in HTTP/2 at the end of
 * the body, because what comes for a stream that is gone counts as an attack: a long overload would
 * end the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class HttpRequests extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(HttpRequests.class);

  private final HttpConnection connection;
  private final Door door;
  private final HttpReplies replies;
  private final boolean multiplexed;
  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpExchange running; // whose request has not ended
  private int begun; // sweep of the connection
  private HttpVersion version = HttpVersion.HTTP_1_1;
  private boolean keepAlive = true;
  private boolean unflushed;
  private boolean ended; // what comes is dropped
  private @Nullable ChannelPromise closing; // when the request is answered

  HttpRequests(HttpConnection connection, Door door, HttpReplies replies, boolean multiplexed) {
    this.connection = connection;
    this.door = door;
    this.replies = replies;
    this.multiplexed = multiplexed;
  }

  boolean isBusy() {
    return running != null;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    connection.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    connection.remove(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!ended && message instanceof HttpObject part) {
        read(ctx, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ChannelHandlerContext ctx, HttpObject part) {
    if (part instanceof HttpRequest head && running == null) {
      begin(ctx, head);
    }
    HttpExchange exchange = running;
    if (exchange != null && part instanceof HttpContent content) {
      if (part.decoderResult().isFailure()) {
        broken(ctx, exchange);
        return;
      }
      exchange.read(content.content(), part instanceof LastHttpContent);
      answer(ctx, exchange, part instanceof LastHttpContent);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest head) {
    connection.headCame();
    if (head.decoderResult().isFailure()) {
      noHttp(ctx, head.decoderResult());
      return;
    }
    version = head.protocolVersion();
    keepAlive = HttpUtil.isKeepAlive(head);
    begun = connection.sweeps();
    HttpExchange exchange = new HttpExchange(door, replies, head);
    running = exchange;
    exchange.begin();
    if (HttpUtil.is100ContinueExpected(head)) {
      if (exchange.answer() == null) {
        ctx.writeAndFlush(replies.goOn());
      } else {
        keepAlive = multiplexed; // nobody knows whether the body comes
      }
    }
    answer(ctx, exchange, false);
  }

  /** Sends the answer when its time has come. */
  private void answer(ChannelHandlerContext ctx, HttpExchange exchange, boolean last) {
    RequestAnswer answer = exchange.answer();
    if (answer != null && !exchange.isSent() && (last || !multiplexed)) {
      exchange.sent();
      write(ctx, exchange.response(answer));
    }
    if (last) {
      running = null;
      connection.requestCame();
      closeIfLast(ctx);
    }
  }

  private void write(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (!multiplexed) {
      keepAlive &= closing == null && !connection.isOld();
      HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
    }
    ctx.write(response, ctx.voidPromise());
    unflushed = true;
  }

  private void flushWritten(ChannelHandlerContext ctx) {
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  private void closeIfLast(ChannelHandlerContext ctx) {
    ChannelPromise promise = closing;
    if (promise != null) {
      ended = true;
      flushWritten(ctx);
      ctx.close(promise);
    } else if (!keepAlive && !multiplexed) {
      ended = true;
      flushWritten(ctx);
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flushWritten(ctx);
    if (running != null && running.isSent() && !keepAlive && !multiplexed && !ended) {
      ended = true; // answered early, and nothing more is wanted
      Farewell.send(ctx, Unpooled.EMPTY_BUFFER);
    }
    ctx.fireChannelReadComplete();
  }

  /** A head that the decoder has given up; it can find no further request. */
  private void noHttp(ChannelHandlerContext ctx, DecoderResult result) {
    ended = true;
    if (!ctx.channel().isActive()) {
      connection.headCut();
      return;
    }
    HttpResponseStatus status =
        switch (result.cause()) {
          case TooLongHttpLineException e -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
          case TooLongHttpHeaderException e -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
          default -> HttpResponseStatus.BAD_REQUEST;
        };
    String words = "not a request of HTTP/1.1: " + result.cause().getMessage();
    door.stray(Stray.MALFORMED_HEAD, words);
    Farewell.send(ctx, replies.text(status, words));
  }

  /** A body that cannot be read to its end, such as a chunk without a length. */
  private void broken(ChannelHandlerContext ctx, HttpExchange exchange) {
    ended = true;
    running = null;
    exchange.end(RequestAnswer.of(RequestOutcome.MALFORMED, "Body is cut into no valid chunks"));
    lastAnswer(ctx, exchange);
  }

  /** Ends a request that takes too long to arrive, or to stop after a refusal. */
  void sweep() {
    HttpExchange exchange = running;
    ChannelHandlerContext ctx = context;
    if (exchange == null || ctx == null || !connection.isOverdue(begun)) {
      return;
    }
    ended = true;
    running = null;
    exchange.end(RequestAnswer.of(RequestOutcome.TOO_SLOW, "Request did not arrive in time"));
    lastAnswer(ctx, exchange);
  }

  private void lastAnswer(ChannelHandlerContext ctx, HttpExchange exchange) {
    RequestAnswer answer = exchange.answer();
    if (exchange.isSent() || answer == null) {
      ctx.close();
      return;
    }
    exchange.sent();
    keepAlive = false;
    FullHttpResponse response = exchange.response(answer);
    if (multiplexed) {
      ctx.writeAndFlush(response).addListener(sent -> ctx.close());
    } else {
      HttpUtil.setKeepAlive(response.headers(), version, false);
      Farewell.send(ctx, response);
    }
  }

  /** Lets the running request finish, and closes. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (multiplexed || ended || running == null || closing != null || !ctx.channel().isActive()) {
      ctx.close(promise);
    } else {
      closing = promise;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    if (running != null) {
      running.cut();
      running = null;
    }
    connection.remove(this);
    ctx.fireChannelInactive();
  }

  @Override
  @SuppressWarnings("deprecation") // of the interface; what is overridden here is not
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("Connection {} ends", ctx.channel(), cause);
    ctx.close();
  }
}
