package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.AdminRoute;
import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.access.Shown;
import dev.spanthrift.agent.control.front.FrontCounts.Cut;
import dev.spanthrift.agent.control.front.Gatekeeper.Finding;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.http.RequestIds;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One connection, one request at a time, all on the event loop.
 *
 * <pre>
 * HEAD → (CHECKING → BODY) → QUEUED → ANSWERING → WRITING → IDLE → HEAD …
 *                                          └→ STREAMING └→ LINGERING → closed
 * </pre>
 *
 * <p>Reads only what the stage wants: what a client sends beyond that stays in its socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class FrontConnection extends ChannelInboundHandlerAdapter {

  /** What it waits for. */
  enum Stage {
    HEAD,
    CHECKING,
    BODY,
    QUEUED,
    ANSWERING,
    WRITING,
    STREAMING,
    IDLE,
    LINGERING
  }

  private final Front front;
  private @Nullable ChannelHandlerContext ctx;
  private final Queue<Object> early = new ArrayDeque<>(); // of one read, before they are wanted
  private Stage stage = Stage.HEAD;
  private long sinceNanos;
  private @Nullable HttpRequest head;
  private @Nullable AdminRequest request;
  private @Nullable AdminRoute route;
  private String id = "";
  private boolean begun; // bytes of a request have come that is not answered yet
  private @Nullable BodyBytes body;
  private boolean unread; // something of the request is left in the socket
  private boolean closing; // the program ends
  private boolean last; // the connection ends with this answer
  private boolean wordy; // sends though it only listens
  private @Nullable EventStream stream;
  private int lyingBytes; // of the answer, charged to the workbench

  FrontConnection(Front front) {
    this.front = front;
    sinceNanos = front.now();
  }

  Stage stage() {
    return stage;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  private void stage(Stage next) {
    stage = next;
    sinceNanos = front.now();
    front.moved(this);
  }

  private ChannelHandlerContext ctx() {
    return Objects.requireNonNull(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    front.opened(this);
    ctx.read();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (begun && stage != Stage.LINGERING && stage != Stage.STREAMING) {
      front.counts.cut(Cut.CLIENT, true);
    }
    front.bench.forget(this);
    if (stream != null) {
      stream.end();
    }
    release();
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    stage = Stage.LINGERING; // what is still thought about has nobody to go to
    front.closed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // counted where it becomes inactive
  }

  /** The first byte of a request is here. */
  void begun() {
    if (stage == Stage.IDLE) {
      stage(Stage.HEAD);
    }
    begun |= stage == Stage.HEAD;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    early.add(message);
    next();
  }

  /** Takes what is here already, as far as the stage wants it. */
  private void next() {
    while (!early.isEmpty() && wantsMore()) {
      Object message = early.remove();
      try {
        take(message);
      } finally {
        ReferenceCountUtil.release(message);
      }
    }
  }

  private boolean wantsMore() {
    return switch (stage) {
      case HEAD, IDLE, BODY, STREAMING, LINGERING -> true;
      case CHECKING, QUEUED, ANSWERING, WRITING -> false;
    };
  }

  private void take(Object message) {
    if (stage == Stage.BODY) {
      body((HttpContent) message);
    } else if (stage == Stage.STREAMING && message instanceof HttpRequest) {
      wordy = true; // it has nothing more to say: what it sends stays in its socket
    } else if (stage != Stage.LINGERING && message instanceof HttpRequest first) {
      head(first);
    } else if (!wordy) {
      ctx().read(); // the empty end of a request without a body, or what nobody wants any more
    }
  }

  /** Goes on with what is here already, else with the socket. Not from within {@link #next}. */
  private void more() {
    if (early.isEmpty()) {
      ctx().read();
    } else {
      next();
    }
  }

  private void head(HttpRequest first) {
    head = first;
    id = RequestIds.of(first.headers().get(RequestIds.HEADER));
    last = closing || first.protocolVersion().minorVersion() == 0 || !HttpUtil.isKeepAlive(first);
    unread = FrontRules.announcesBody(first) || first.decoderResult().isFailure();
    try {
      AdminRequest admitted =
          front.rules.admit(first, (InetSocketAddress) ctx().channel().remoteAddress(), id);
      request = admitted;
      if (!front.sites.direct().containsKey(admitted.path())) {
        front.ration(admitted.peer().getAddress());
      }
      if (admitted.method().equals("OPTIONS")) {
        last |= unread;
        write(front.sites.options(admitted.path()));
      } else {
        check(admitted);
      }
    } catch (ProblemException e) {
      refuse(e);
    }
  }

  private void check(AdminRequest admitted) {
    AdminRoute found = front.sites.routes().find(admitted.method(), admitted.path());
    if (found == null) {
      front.sites.refuseUnlisted(admitted);
    }
    route = found;
    Role needed = found == null ? Role.VIEWER : found.needs();
    Shown shown =
        new Shown(
            admitted.peer().getAddress(),
            admitted.headers().get(HttpHeaderNames.AUTHORIZATION),
            front.settings.tls() == null ? null : PeerCertificate.of(ctx().pipeline()));
    if (front.isFree(needed, shown)) {
      allowed();
    } else {
      stage(Stage.CHECKING);
      front.check(needed, shown, this::checked);
    }
  }

  /** Who asks has been looked at, before a byte of the body is. */
  private void checked(Finding finding) {
    if (stage != Stage.CHECKING) {
      return;
    }
    switch (finding) {
      case Finding.TurnedAway(ProblemException problem) -> refuse(problem);
      case Finding.Entitled(Caller caller) -> {
        request = Objects.requireNonNull(request).of(caller);
        try {
          allowed();
        } catch (ProblemException e) {
          refuse(e);
        }
      }
    }
  }

  private void allowed() {
    if (route == null || !route.body()) {
      last |= unread;
      route(Objects.requireNonNull(request));
      return;
    }
    HttpRequest asked = Objects.requireNonNull(head);
    if (HttpUtil.getContentLength(asked, 0L) > front.settings.bodyBytesMax()) {
      refuse(BodyBytes.tooLarge(front.settings.bodyBytesMax()));
      return;
    }
    if (HttpUtil.is100ContinueExpected(asked)) {
      ctx()
          .writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    body = new BodyBytes(front.bodies, front.settings.bodyBytesMax());
    stage(Stage.BODY);
    more();
  }

  private void body(HttpContent piece) {
    BodyBytes to = Objects.requireNonNull(body);
    try {
      if (piece.decoderResult().isFailure()) {
        throw new ProblemException(ProblemType.SYNTAX, "the body's chunks cannot be read");
      }
      to.append(piece.content());
    } catch (ProblemException e) {
      refuse(e);
      return;
    }
    if (piece instanceof LastHttpContent) {
      unread = false;
      AdminRequest whole = Objects.requireNonNull(request).with(to.whole());
      request = whole;
      route(whole);
    } else {
      ctx().read();
    }
  }

  private void route(AdminRequest whole) {
    StreamSite streams = route == null ? null : front.sites.streams().get(route.template());
    if (streams != null) {
      stream(streams, whole);
      return;
    }
    Site direct = front.sites.direct().get(whole.path());
    if (direct == null) {
      stage(Stage.QUEUED);
      front.bench.submit(this, route != null && route.isChange());
    } else {
      stage(Stage.ANSWERING);
      direct.answer(whole, answer -> front.onLoop(() -> wanted(answer)));
    }
  }

  private void stream(StreamSite streams, AdminRequest whole) {
    Runnable ended = streams.open(whole, this::sendSoon); // throws what the client is told
    if (whole.method().equals("HEAD")) {
      ended.run();
      AdminAnswer head = AdminAnswer.of(200, EventStream.TYPE, new byte[0]);
      write(head);
      return;
    }
    last = true;
    stage(Stage.STREAMING);
    stream = new EventStream(ctx(), front.counts, id, ended);
    ctx().executor().execute(this::more); // to see it go
  }

  private void sendSoon(byte[] events) {
    front.onLoop(
        () -> {
          if (stage == Stage.STREAMING && !Objects.requireNonNull(stream).send(events)) {
            cut(Cut.SLOW);
          }
        });
  }

  /** A stream has its time, so that nobody listens for long whose token is not good any more. */
  void finishStream() {
    stage = Stage.LINGERING;
    Objects.requireNonNull(stream).finish();
  }

  /** Its turn has come. */
  void think() {
    stage(Stage.ANSWERING);
    front.think(
        Objects.requireNonNull(request),
        route != null && route.isChange(),
        answer -> front.onLoop(() -> thought(answer)));
  }

  private void thought(AdminAnswer answer) {
    lyingBytes = stage == Stage.ANSWERING ? answer.ownBytes() : 0;
    front.bench.thought(lyingBytes);
    wanted(answer);
  }

  private void wanted(AdminAnswer answer) {
    if (stage == Stage.ANSWERING) {
      write(answer);
    }
  }

  /** Answers with a problem; what is left of the request is not wanted. */
  private void refuse(ProblemException problem) {
    last |= unread;
    releaseBody();
    write(ProblemAnswers.of(problem, path(), id));
  }

  private String path() {
    String target = head == null ? "" : head.uri();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private void write(AdminAnswer answer) {
    stage(Stage.WRITING);
    front.counts.answered(answer.status());
    boolean bare = head != null && head.method().name().equals("HEAD");
    AnswerWriter.write(ctx(), answer, id, bare, last, this::taken);
  }

  private void taken() {
    release();
    begun = false;
    if (!last) {
      head = null;
      stage(Stage.IDLE);
      ctx().executor().execute(this::more); // a later turn: it may be called from within next()
    } else if (unread) {
      linger();
    } else {
      stage(Stage.LINGERING);
      ctx().close();
    }
  }

  /**
   * Closes our half and drops what still comes, for a moment: closing a socket with unread bytes
   * resets it, and the client would never see the answer.
   */
  private void linger() {
    stage(Stage.LINGERING);
    ((DuplexChannel) ctx().channel()).shutdownOutput();
    ctx().read();
  }

  /** Ends it: its time is up, or its place is needed. Said to the client where that is cheap. */
  void cut(Cut why) {
    if (stage != Stage.IDLE && stage != Stage.LINGERING) {
      front.counts.cut(why, why == Cut.HEAD_TIMEOUT && !begun);
    }
    boolean queued = stage == Stage.QUEUED;
    boolean tell = stage == Stage.BODY || (stage == Stage.HEAD && begun);
    front.bench.forget(this);
    if (queued || (tell && why != Cut.FULL)) {
      last = true;
      unread = !queued;
      ProblemType type = queued ? ProblemType.OVERLOADED : ProblemType.TIMEOUT;
      refuse(new ProblemException(type, "the request " + why.words));
    } else {
      stage = Stage.LINGERING; // counted already
      ctx().close();
    }
  }

  /** The program ends: at once where nobody waits, else with the answer. */
  void end() {
    closing = true;
    last = true;
    if (!begun || stage == Stage.STREAMING) {
      ctx().close();
    }
  }

  private void release() {
    releaseBody();
    if (lyingBytes > 0) {
      int taken = lyingBytes;
      lyingBytes = 0;
      front.bench.taken(taken);
    }
    request = null;
    route = null;
  }

  private void releaseBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
