package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.agent.receive.grpc.SendWindows.Behind;
import dev.spanthrift.agent.receive.loop.SweepClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The calls of one connection that are not over, and their answers. */
final class GrpcCalls {
  private static final int STREAM_WINDOW_BYTES = FrameReader.STREAM_WINDOW_BYTES;

  private final int maxStreams;
  private final Door door;
  private final GrpcWords words;
  private final FrameQueue out;
  private final SendWindows windows = new SendWindows();
  private final IntObjectHashMap<GrpcCall> calls = new IntObjectHashMap<>();
  private final SweepClock clock;
  private int lastStream;
  private boolean hadRequest;
  private boolean tableShrunk; // by the client: the next header block must say so
  private boolean takesNoMore;
  private boolean clientResets; // has reset a stream
  private int lastToldClosed; // the stream whose client was told last that it is

  /** Whether frames may come of streams that we have closed and the client has not: no fault. */
  private boolean closedFirst;

  GrpcCalls(
      ReceiveSettings settings, Door door, GrpcWords words, FrameQueue out, SweepClock clock) {
    this.clock = clock;
    this.maxStreams = settings.maxStreams();
    this.door = door;
    this.words = words;
    this.out = out;
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** The highest stream that the client has opened. */
  int lastStream() {
    return lastStream;
  }

  /** Whether a request has ever come whole. */
  boolean hadRequest() {
    return hadRequest;
  }

  /** The client was told that new calls are not taken; who watches must do so elsewhere. */
  void takeNoMore() {
    takesNoMore = true;
    closedFirst = true;
    for (GrpcCall call : new ArrayList<>(calls.values())) {
      if (call.isWatching()) {
        windows.forget(call);
        headers(call.id, GrpcReplies.GOING, true);
        call.answerSent = true;
        forgetIfOver(call);
      }
    }
  }

  /** The connection is gone: gives back what calls hold. */
  void end() {
    calls.values().forEach(GrpcCall::cut);
    calls.clear();
  }

  /** Ends calls that take too long. */
  void sweep() {
    if (calls.isEmpty()) {
      return;
    }
    for (GrpcCall call : new ArrayList<>(calls.values())) {
      if (clock.now() - call.begun > SweepClock.PER_TIMEOUT && !call.isWatching()) {
        endSlow(call);
      }
    }
  }

  /**
   * Ends what is slow to arrive, or to stop after a refusal, or to take its answer.
   *
   * <p>Only here is a call of a faultless client reset. A reset with each early refusal would make
   * a long overload look like an attack to it.
   */
  private void endSlow(GrpcCall call) {
    if (!call.answered()) {
      answer(
          call,
          call.refuse(RequestAnswer.of(RequestOutcome.TOO_SLOW, "Request did not arrive in time")));
    }
    reset(call.id, Http2.NO_ERROR);
  }

  /** Closes a stream from our side. */
  void reset(int id, int code) {
    closedFirst = true;
    Http2.reset(out.frames(), id, code);
    forget(id);
  }

  /** The client has closed a stream; what waited behind its answer need not wait any longer. */
  void cut(int id) {
    clientResets = true;
    forget(id);
    sendWaiting();
  }

  private void forget(int id) {
    GrpcCall call = calls.remove(id);
    if (call != null) {
      call.cut();
      windows.forget(call);
    }
  }

  /** A header block: of a new call, or the trailers of one. */
  void headers(int id, CallHeads.Head head, boolean last) {
    if (id > lastStream) {
      lastStream = id;
      open(id, head, last);
      return;
    }
    GrpcCall call = calls.get(id);
    if (call == null || call.requestEnded) {
      afterTheEnd(id);
    } else if (!last) {
      throw new Http2.Fault(Http2.PROTOCOL_ERROR, "headers amid a request");
    } else {
      take(call, Unpooled.EMPTY_BUFFER, true);
    }
  }

  private void open(int id, CallHeads.Head head, boolean last) {
    if (takesNoMore) {
      return;
    }
    if (head.malformed()) {
      reset(id, Http2.PROTOCOL_ERROR);
      return;
    }
    if (calls.size() >= maxStreams) {
      reset(id, Http2.REFUSED_STREAM);
      return;
    }
    GrpcCall call = call(id, head);
    call.sendWindow = windows.initial();
    call.announced = head.contentLength();
    if (last && call.breaksItsLength(true)) {
      endBroken(call);
      return;
    }
    calls.put(id, call);
    RequestAnswer fault = head.method() == null ? stray(head) : head.fault();
    if (fault != null) {
      call.requestEnded = last;
      answer(call, call.refuse(fault)); // what it still sends is swallowed
    } else if (last) {
      take(call, Unpooled.EMPTY_BUFFER, true);
    }
  }

  private GrpcCall call(int id, CallHeads.Head head) {
    GrpcMethod method = head.method();
    if (method == null || method.signal() == null) {
      return new HealthCall(id, method != null && method.watches(), clock.now());
    }
    return new ExportCall(door, id, method.signal(), head.encoding(), clock.now());
  }

  /** A call of something that is not here. */
  private RequestAnswer stray(CallHeads.Head head) {
    Stray kind = words.strayAt(head.path());
    String told = words.toStray(kind, head.path());
    door.stray(kind, told);
    boolean isGrpc = head.fault() == null || head.fault().outcome() == RequestOutcome.UNSUPPORTED;
    return RequestAnswer.of(isGrpc ? RequestOutcome.NOT_FOUND : RequestOutcome.ELSEWHERE, told);
  }

  /** A piece of a request. */
  void data(int id, ByteBuf piece, boolean last) {
    GrpcCall call = calls.get(id);
    if (call == null || call.requestEnded) {
      afterTheEnd(id);
      return;
    }
    call.received += piece.readableBytes();
    if (call.breaksItsLength(last)) {
      endBroken(call);
      return;
    }
    call.unreturned += piece.readableBytes();
    if (call.unreturned > STREAM_WINDOW_BYTES) {
      reset(id, Http2.FLOW_CONTROL_ERROR);
      return;
    }
    if (!last && call.unreturned >= STREAM_WINDOW_BYTES / 2) {
      Http2.windowUpdate(out.frames(), id, call.unreturned);
      call.unreturned = 0;
    }
    take(call, piece, last);
  }

  private void endBroken(GrpcCall call) {
    if (!call.answered()) {
      call.refuse(
          RequestAnswer.of(RequestOutcome.MALFORMED, "content-length is not what has come"));
    }
    reset(call.id, Http2.PROTOCOL_ERROR);
  }

  /**
   * A frame of a stream that is over.
   *
   * <p>Behind a reset of the client it is a fault of the stream alone (RFC 9113, 5.1): Netty's
   * client writes what a new window lets go, as long as its reset is not flushed, and a long
   * overload would end its connection.
   */
  private void afterTheEnd(int id) {
    if (closedFirst) {
      return;
    }
    if (!clientResets) {
      throw new Http2.Fault(Http2.STREAM_CLOSED, "frame of a stream that its client has ended");
    }
    if (id != lastToldClosed) {
      lastToldClosed = id;
      Http2.reset(out.frames(), id, Http2.STREAM_CLOSED);
    }
  }

  private void take(GrpcCall call, ByteBuf piece, boolean last) {
    call.requestEnded |= last;
    hadRequest |= last;
    if (!call.answered()) {
      RequestAnswer answer = call.read(piece, last);
      if (answer != null) {
        answer(call, answer);
      }
    } else if (last) {
      forgetIfOver(call);
    }
  }

  private void answer(GrpcCall call, RequestAnswer answer) {
    if (answer.accepted() && call instanceof ExportCall && succeed(call)) {
      call.answerSent = true;
    } else if (answer.accepted() || answer.outcome() == RequestOutcome.PARTIAL) {
      headers(call.id, GrpcReplies.OPENING, false);
      windows.await(call, call.message(answer), call.isWatching() ? Behind.MORE : Behind.TRAILERS);
      sendWaiting();
    } else {
      explain(call, answer);
    }
    forgetIfOver(call);
  }

  /** The usual answer, when it may go at once. */
  private boolean succeed(GrpcCall call) {
    if (tableShrunk || !windows.take(call, GrpcCall.PREFIX_BYTES)) {
      return false;
    }
    GrpcReplies.success(out.frames(), call.id);
    return true;
  }

  /** An error; to those who do not speak gRPC in a text. */
  private void explain(GrpcCall call, RequestAnswer answer) {
    byte[] text = GrpcReplies.text(answer);
    headers(call.id, GrpcReplies.error(answer), text.length == 0);
    if (text.length > 0) {
      windows.await(call, text, Behind.NOTHING);
      sendWaiting();
    } else {
      call.answerSent = true;
    }
  }

  private void headers(int id, byte[] fields, boolean last) {
    byte[] block = tableShrunk ? GrpcReplies.withoutTable(fields) : fields;
    Http2.headers(out.frames(), id, block, last);
    tableShrunk = false;
  }

  /** A call is over when both sides have said all; until then its frames are swallowed. */
  private void forgetIfOver(GrpcCall call) {
    if (call.requestEnded && call.answerSent) {
      calls.remove(call.id);
    }
  }

  /** The client has made its HPACK table smaller than we may assume. */
  void shrinkTable() {
    tableShrunk = true;
  }

  /** The client's SETTINGS_INITIAL_WINDOW_SIZE. */
  void initialWindow(long bytes) {
    windows.initial(bytes, calls.values());
  }

  /** The client lets us send more: on a stream, or on the whole connection when it is 0. */
  void widen(int id, int bytes) {
    GrpcCall call = id == 0 ? null : calls.get(id);
    if (id == 0) {
      windows.widen(bytes);
    } else if (call != null && !SendWindows.widen(call, bytes)) {
      reset(id, Http2.FLOW_CONTROL_ERROR);
    }
    sendWaiting();
  }

  /** Sends answers as far as the client's windows let them go. */
  void sendWaiting() {
    if (windows.isFree()) {
      return;
    }
    for (@Nullable GrpcCall done = windows.next(out.frames());
        done != null;
        done = windows.next(out.frames())) {
      done.answerSent = true;
      forgetIfOver(done);
    }
  }
}
