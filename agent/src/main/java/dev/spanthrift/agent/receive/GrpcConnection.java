package dev.spanthrift.agent.receive;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.collection.IntObjectHashMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection of a gRPC client.
 *
 * <p>Own, and only what unary calls need, because Netty's general HTTP/2 takes as long as all the
 * rest of a small request (RATIONALE.md). All on the connection's event loop. Bytes are given back
 * to the client's windows as they are copied: memory is bounded by {@link Door#admit} and {@link
 * Door#charge}, not by windows. Answers are gathered and written when all that came is read; a
 * client that does not read its answers is not read either.
 */
final class GrpcConnection extends ChannelDuplexHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcConnection.class);
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 4 << 20;

  /** Clients reset what is refused before it was sent whole: overload is no attack. */
  private static final int MAX_RESETS = 2_000;

  private static final long RESET_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_FRAMES_OF_NOTHING = 1_000; // in a row

  /** A request's age is counted in sweeps, because a clock per request would cost more. */
  private static final int SWEEPS_PER_TIMEOUT = 4;

  private final ReceiveSettings settings;
  private final Door door;
  private final Duration sweepInterval;
  private final int idleSweeps;
  private final Frames frames = new Frames();
  private final CallHeads heads;
  private final SendWindows windows = new SendWindows();
  private final IntObjectHashMap<GrpcCall> calls = new IntObjectHashMap<>();
  private @Nullable ByteBuf out; // frames that were not written yet
  private @Nullable ScheduledFuture<?> sweeping;
  private @Nullable ChannelPromise closing; // when the last call is answered

  private int lastStream; // the highest that the client has opened
  private int unreturned; // bytes received that were not given back to its window
  private int continued; // the stream whose header block is not whole
  private boolean continuedEnds;
  private ByteBuf block = Unpooled.EMPTY_BUFFER; // of it, as far as it has come
  private boolean tableShrunk; // by the client: the next header block must say so
  private boolean ended; // after GOAWAY for a fault nothing is read
  private int framesOfNothing;
  private int resets;
  private long resetsSince;
  private int sweeps;
  private int lastBusySweep;

  GrpcConnection(ReceiveSettings settings, Door door) {
    this.settings = settings;
    this.door = door;
    this.heads = new CallHeads(settings.maxHeaderBytes());
    this.sweepInterval = settings.requestTimeout().dividedBy(SWEEPS_PER_TIMEOUT);
    this.idleSweeps =
        (int)
            Math.max(1, settings.idleTimeout().toMillis() / Math.max(1, sweepInterval.toMillis()));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ByteBuf first = out();
    Http2.header(first, 3 * Http2.SETTING_BYTES, Http2.SETTINGS, 0, 0);
    first.writeShort(Http2.MAX_CONCURRENT_STREAMS).writeInt(settings.maxStreams());
    first.writeShort(Http2.INITIAL_WINDOW_SIZE).writeInt(STREAM_WINDOW_BYTES);
    first.writeShort(Http2.MAX_HEADER_LIST_SIZE).writeInt(settings.maxHeaderBytes());
    Http2.windowUpdate(first, 0, CONNECTION_WINDOW_BYTES - Http2.DEFAULT_WINDOW_BYTES);
    writeOut(ctx);
    long interval = Math.max(1, sweepInterval.toMillis());
    sweeping =
        ctx.executor()
            .scheduleAtFixedRate(() -> sweep(ctx), interval, interval, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    if (sweeping != null) {
      sweeping.cancel(false);
    }
    calls.values().forEach(GrpcCall::end);
    calls.clear();
    block.release();
    block = Unpooled.EMPTY_BUFFER;
    if (out != null) {
      out.release();
      out = null;
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (!ended) {
        frames.read(in);
      }
    } catch (Http2.Fault fault) {
      LOG.debug("Connection {} ends: {}", ctx.channel(), fault.getMessage());
      endWith(ctx, fault.code);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    writeOut(ctx);
    closeIfIdle(ctx);
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("Connection {} ends", ctx.channel(), cause);
    ended = true;
    ctx.close();
  }

  /** Says GOAWAY, lets running calls finish, and closes. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (ended || !ctx.channel().isActive() || closing != null) {
      ctx.close(promise);
      return;
    }
    Http2.goAway(out(), lastStream, Http2.NO_ERROR);
    writeOut(ctx);
    closing = promise;
    closeIfIdle(ctx);
  }

  private void closeIfIdle(ChannelHandlerContext ctx) {
    ChannelPromise promise = closing;
    if (promise != null && !ended && calls.isEmpty()) {
      ended = true;
      ctx.close(promise);
    }
  }

  private void endWith(ChannelHandlerContext ctx, int code) {
    ended = true;
    Http2.goAway(out(), lastStream, code);
    writeOut(ctx);
    ctx.close();
  }

  private ByteBuf out() {
    ByteBuf frames = out;
    if (frames == null) {
      frames = Workspace.ofThread().replies();
      out = frames;
    }
    return frames;
  }

  private void writeOut(ChannelHandlerContext ctx) {
    ByteBuf frames = out;
    if (frames != null) {
      out = null;
      ctx.writeAndFlush(frames, ctx.voidPromise());
    }
  }

  /** Ends requests that take too long, and connections that nobody uses. */
  private void sweep(ChannelHandlerContext ctx) {
    sweeps++;
    if (!calls.isEmpty()) {
      lastBusySweep = sweeps;
      for (GrpcCall call : new ArrayList<>(calls.values())) {
        if (sweeps - call.begun > SWEEPS_PER_TIMEOUT) {
          endSlow(call);
        }
      }
      writeOut(ctx);
      closeIfIdle(ctx);
    } else if (sweeps - lastBusySweep > idleSweeps
        || (!frames.prefaceSeen() && sweeps > SWEEPS_PER_TIMEOUT)) {
      ctx.channel().close();
    }
  }

  /**
   * Ends what is slow to arrive, or to stop after a refusal, or to take its answer.
   *
   * <p>Only here is a stream reset. A reset with each early refusal would make a long overload look
   * like an attack to the client.
   */
  private void endSlow(GrpcCall call) {
    if (!call.answered()) {
      answer(call, call.refuse(Answer.of(Outcome.TOO_SLOW, "Request did not arrive in time")));
    }
    reset(call.id, Http2.NO_ERROR);
  }

  private void reset(int id, int code) {
    Http2.reset(out(), id, code);
    GrpcCall call = calls.remove(id);
    if (call != null) {
      call.end();
      windows.forget(call);
    }
  }

  private void open(int id, CallHeads.Head head, boolean last) {
    lastStream = id;
    if (closing != null) {
      return; // the client was told that we take no more
    }
    if (calls.size() >= settings.maxStreams()) {
      Http2.reset(out(), id, Http2.REFUSED_STREAM);
      return;
    }
    Signal signal = head.signal();
    GrpcCall call =
        new GrpcCall(
            door, id, signal == null ? Signal.TRACES : signal, head.encoding(), sweeps);
    call.sendWindow = windows.initial();
    calls.put(id, call);
    Answer fault = head.fault();
    if (fault != null) {
      call.requestEnded = last;
      call.end(); // what it still sends is swallowed
      answer(call, signal == null ? fault : door.refuse(signal, fault));
    } else if (last) {
      take(call, Unpooled.EMPTY_BUFFER, true);
    }
  }

  private void take(GrpcCall call, ByteBuf piece, boolean last) {
    call.requestEnded |= last;
    if (!call.answered()) {
      Answer answer = call.read(piece, last);
      if (answer != null) {
        answer(call, answer);
      }
    } else if (last) {
      forgetIfOver(call);
    }
  }

  private void answer(GrpcCall call, Answer answer) {
    if (answer.accepted() && !tableShrunk && windows.take(call, GrpcCall.PREFIX_BYTES)) {
      GrpcReplies.success(out(), call.id);
      call.answerSent = true;
    } else if (answer.accepted() || answer.outcome() == Outcome.PARTIAL) {
      headers(call.id, GrpcReplies.OPENING, false);
      windows.await(call, GrpcReplies.message(answer));
      sendWaiting();
    } else {
      headers(call.id, GrpcReplies.error(answer), true);
      call.answerSent = true;
    }
    forgetIfOver(call);
  }

  private void headers(int id, byte[] fields, boolean last) {
    Http2.headers(out(), id, tableShrunk ? GrpcReplies.withoutTable(fields) : fields, last);
    tableShrunk = false;
  }

  private void sendWaiting() {
    if (windows.isFree()) {
      return;
    }
    for (GrpcCall done = windows.next(out()); done != null; done = windows.next(out())) {
      done.answerSent = true;
      forgetIfOver(done);
    }
  }

  /** A call is over when both sides have said all; until then its frames are swallowed. */
  private void forgetIfOver(GrpcCall call) {
    if (call.requestEnded && call.answerSent) {
      calls.remove(call.id);
    }
  }

  /** What frames mean. */
  private final class Frames extends FrameReader {
    @Override
    void dataBegins(int id, int bytes) {
      requireOpened(id);
      unreturned += bytes;
      if (unreturned > CONNECTION_WINDOW_BYTES) {
        throw new Http2.Fault(Http2.FLOW_CONTROL_ERROR, "more than its window");
      }
      if (unreturned >= CONNECTION_WINDOW_BYTES / 2) {
        Http2.windowUpdate(out(), 0, unreturned);
        unreturned = 0;
      }
      nothing(bytes == 0);
    }

    @Override
    void data(int id, ByteBuf piece, boolean last) {
      GrpcCall call = calls.get(id);
      if (call == null) {
        return; // of a call that is over: the client had not heard yet
      }
      call.unreturned += piece.readableBytes();
      if (!last && call.unreturned >= STREAM_WINDOW_BYTES / 2) {
        Http2.windowUpdate(out(), id, call.unreturned);
        call.unreturned = 0;
      }
      take(call, piece, last);
    }

    @Override
    void frame(int type, int flags, int id, ByteBuf in, int length) {
      if ((continued != 0) != (type == Http2.CONTINUATION) || (continued != 0 && continued != id)) {
        throw new Http2.Fault(Http2.PROTOCOL_ERROR, "header block interrupted");
      }
      switch (type) {
        case Http2.HEADERS -> headersFrame(flags, id, in, length);
        case Http2.CONTINUATION -> continuation(flags, in, length);
        case Http2.RST_STREAM -> resetFrame(id, in, length);
        case Http2.SETTINGS -> settingsFrame(flags, id, in, length);
        case Http2.PING -> ping(flags, id, in, length);
        case Http2.WINDOW_UPDATE -> windowUpdate(id, in, length);
        case Http2.PUSH_PROMISE ->
            throw new Http2.Fault(Http2.PROTOCOL_ERROR, "clients do not push");
        default -> nothing(true); // PRIORITY, GOAWAY, extensions: RFC 9113, 5.5
      }
    }

    private void nothing(boolean isNothing) {
      framesOfNothing = isNothing ? framesOfNothing + 1 : 0;
      if (framesOfNothing > MAX_FRAMES_OF_NOTHING) {
        throw new Http2.Fault(Http2.ENHANCE_YOUR_CALM, "frames that do nothing");
      }
    }

    private void requireOpened(int id) {
      if (id == 0 || id > lastStream) {
        throw new Http2.Fault(Http2.PROTOCOL_ERROR, "frame of a stream that was never opened");
      }
      if (continued != 0) {
        throw new Http2.Fault(Http2.PROTOCOL_ERROR, "header block interrupted");
      }
    }

    private void headersFrame(int flags, int id, ByteBuf in, int length) {
      int end = in.readerIndex() + length;
      if ((flags & Http2.PADDED) != 0) {
        require(length >= 1, Http2.FRAME_SIZE_ERROR);
        end -= in.readUnsignedByte();
      }
      if ((flags & Http2.HAS_PRIORITY) != 0) {
        require(end - in.readerIndex() >= 5, Http2.FRAME_SIZE_ERROR);
        in.skipBytes(5);
      }
      require(end >= in.readerIndex() && (id & 1) == 1, Http2.PROTOCOL_ERROR);
      boolean last = (flags & Http2.END_STREAM) != 0;
      if ((flags & Http2.END_HEADERS) != 0) {
        block(id, last, in, end - in.readerIndex());
      } else {
        continued = id;
        continuedEnds = last;
        block = Unpooled.buffer(2 * length).writeBytes(in, end - in.readerIndex());
      }
    }

    private void continuation(int flags, ByteBuf in, int length) {
      nothing(length == 0);
      if (block.readableBytes() + length > settings.maxHeaderBytes()) {
        throw new Http2.Fault(Http2.ENHANCE_YOUR_CALM, "header block too large");
      }
      block.writeBytes(in, length);
      if ((flags & Http2.END_HEADERS) != 0) {
        int id = continued;
        continued = 0;
        block(id, continuedEnds, block, block.readableBytes());
        block = Unpooled.EMPTY_BUFFER;
      }
    }

    private void block(int id, boolean last, ByteBuf in, int length) {
      CallHeads.Head head = heads.read(in, length); // always: it may change the table
      if (id > lastStream) {
        nothing(false);
        open(id, head, last);
        return;
      }
      GrpcCall call = calls.get(id);
      if (call != null && !last) {
        throw new Http2.Fault(Http2.PROTOCOL_ERROR, "headers amid a request");
      }
      if (call != null) {
        take(call, Unpooled.EMPTY_BUFFER, true);
      }
    }

    private void resetFrame(int id, ByteBuf in, int length) {
      require(length == 4, Http2.FRAME_SIZE_ERROR);
      requireOpened(id);
      long now = System.nanoTime();
      if (resets++ == 0 || now - resetsSince > RESET_WINDOW_NANOS) {
        resets = 1;
        resetsSince = now;
      }
      require(resets <= MAX_RESETS, Http2.ENHANCE_YOUR_CALM);
      GrpcCall call = calls.remove(id);
      if (call != null) {
        call.end();
        windows.forget(call);
      }
    }

    private void settingsFrame(int flags, int id, ByteBuf in, int length) {
      require(id == 0, Http2.PROTOCOL_ERROR);
      boolean ack = (flags & Http2.ACK) != 0;
      require(ack ? length == 0 : length % Http2.SETTING_BYTES == 0, Http2.FRAME_SIZE_ERROR);
      nothing(true);
      if (ack) {
        return;
      }
      for (int left = length; left > 0; left -= Http2.SETTING_BYTES) {
        setting(in.readUnsignedShort(), in.readUnsignedInt());
      }
      Http2.header(out(), 0, Http2.SETTINGS, Http2.ACK, 0);
      sendWaiting();
    }

    private void setting(int name, long value) {
      switch (name) {
        case Http2.HEADER_TABLE_SIZE -> tableShrunk |= value < Http2.DEFAULT_TABLE_BYTES;
        case Http2.ENABLE_PUSH -> require(value <= 1, Http2.PROTOCOL_ERROR);
        case Http2.INITIAL_WINDOW_SIZE -> windows.initial(value, calls.values());
        case Http2.MAX_FRAME_SIZE ->
            require(value >= Http2.DEFAULT_FRAME_BYTES && value < 1 << 24, Http2.PROTOCOL_ERROR);
        default -> {} // about requests of ours, or unknown: RFC 9113, 6.5.2
      }
    }

    private void ping(int flags, int id, ByteBuf in, int length) {
      require(length == 8, Http2.FRAME_SIZE_ERROR);
      require(id == 0, Http2.PROTOCOL_ERROR);
      nothing(true);
      if ((flags & Http2.ACK) == 0) {
        Http2.header(out(), 8, Http2.PING, Http2.ACK, 0);
        out().writeLong(in.readLong());
      }
    }

    private void windowUpdate(int id, ByteBuf in, int length) {
      require(length == 4, Http2.FRAME_SIZE_ERROR);
      int bytes = in.readInt() & Integer.MAX_VALUE;
      require(bytes != 0, Http2.PROTOCOL_ERROR);
      if (id == 0) {
        windows.widen(bytes);
      } else {
        requireOpened(id);
        GrpcCall call = calls.get(id);
        if (call != null) {
          SendWindows.widen(call, bytes);
        }
      }
      sendWaiting();
    }

    private static void require(boolean met, int code) {
      if (!met) {
        throw new Http2.Fault(code, "malformed frame");
      }
    }
  }
}
