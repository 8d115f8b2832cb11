package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Access;
import dev.spanthrift.agent.control.access.RateLimit;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.access.Shown;
import dev.spanthrift.agent.control.front.FrontCounts.Cut;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.agent.timer.LongSleep;
import dev.spanthrift.exporter.NetworkWords;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of the admin port with its connections, oldest wait first.
 *
 * <p>NIO and arrays instead of epoll and direct memory: that is what this port shares with nobody.
 * When the table is full, who has waited longest leaves, so that a probe that comes now is answered
 * now; when all are young or at work, nobody is let in for a moment.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class Front implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int LINE_BYTES_MAX = 4 << 10;
  private static final int HEAD_BYTES_MAX = 8 << 10;
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(250); // no closer
  private static final long JUST_HERE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(250); // bytes may follow
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AGAIN_MILLIS = 25;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3); // Spring starts in it
  private static final long QUEUE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_MILLIS = 500;
  private static final Duration ANSWER = Duration.ofMinutes(2); // what takes longer is for a job
  private static final int ROOM = 32; // places made at once, as many as are let in at once
  private static final double GUESS_COSTS = 50; // requests: guessing takes time

  final FrontSettings settings;
  final FrontRules rules;
  final Sites sites;
  final FrontCounts counts;
  final Ration bodies;
  final Workbench bench;

  private final Gatekeeper gatekeeper;
  private final RateLimit rates;
  private final @Nullable SslContext tls;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("spanthrift-control", true), NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final LinkedHashSet<FrontConnection> oldestFirst = new LinkedHashSet<>();
  private final Guarded makeRoom = Guarded.task("admin port's table", this::makeRoom);
  private final Guarded sweep = Guarded.task("admin port's sweep", this::sweep);
  private long sweepAt = Long.MAX_VALUE; // nobody is here
  private final Channel listening;
  private final Thinker thinker;
  private @Nullable CountDownLatch ending;

  private Front(
      FrontSettings settings, Access access, Sites sites, FrontCounts counts, Duration answer) {
    thinker = new Thinker(sites.rest(), loop, counts, answer.toMillis());
    this.settings = settings;
    this.sites = sites;
    this.counts = counts;
    rules = new FrontRules(settings.hosts());
    gatekeeper = new Gatekeeper(access);
    rates = new RateLimit(settings.requestsPerSecond(), settings.requestsBurst());
    tls = settings.tls();
    bodies = new Ration(settings.bodiesBytesMax());
    bench = new Workbench(settings.workingMax(), settings.answersBytesMax());
    listening = bind();
    LongSleep.of(loop);
  }

  /**
   * Listens from now on.
   *
   * @throws IllegalStateException with a sentence for people when it cannot
   */
  public static Front open(FrontSettings settings, Access access, Sites sites, FrontCounts counts) {
    return open(settings, access, sites, counts, ANSWER);
  }

  /**
   * The same.
   *
   * @param answer how long one may take
   */
  static Front open(
      FrontSettings settings, Access access, Sites sites, FrontCounts counts, Duration answer) {
    return new Front(settings, access, sites, counts, answer);
  }

  private Channel bind() {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group, group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new HeapReads())
            .childHandler(new Opened())
            .bind(settings.address(), settings.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      thinker.shutdown();
      throw new IllegalStateException(
          NetworkWords.ofPort(
              bound.cause(),
              settings.address().getHostAddress(),
              settings.port(),
              "SPANTHRIFT_ADMIN_PORT"),
          bound.cause());
    }
    return bound.channel();
  }

  /** The port that was bound. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  private final class Opened extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      FrontConnection connection = new FrontConnection(Front.this);
      if (tls != null) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
      }
      channel
          .pipeline()
          .addLast(
              new FirstBytes(connection),
              new HttpServerCodec(
                  new HttpDecoderConfig()
                      .setMaxInitialLineLength(LINE_BYTES_MAX)
                      .setMaxHeaderSize(HEAD_BYTES_MAX)),
              connection);
    }
  }

  /** Sees bytes before they are a head. */
  private static final class FirstBytes extends ChannelInboundHandlerAdapter {
    private final FrontConnection connection;

    FirstBytes(FrontConnection connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      connection.begun();
      ctx.fireChannelRead(message);
    }
  }

  long now() {
    return System.nanoTime();
  }

  void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  void opened(FrontConnection connection) {
    counts.opened();
    oldestFirst.add(connection);
    sweepBy(deadline(connection));
    if (oldestFirst.size() > settings.connectionsMax()) {
      FrontConnection leaves = longestWaiting();
      if (leaves == null) {
        letNobodyIn();
      } else {
        leaves.cut(Cut.FULL);
      }
    }
  }

  void moved(FrontConnection connection) {
    if (oldestFirst.remove(connection)) {
      oldestFirst.add(connection);
      sweepBy(deadline(connection));
    }
    if (connection.stage() == FrontConnection.Stage.IDLE && ending == null) {
      listening.config().setAutoRead(true); // it may leave for whoever comes
    }
  }

  void closed(FrontConnection connection) {
    counts.closed();
    oldestFirst.remove(connection);
    letIn();
    if (ending != null && oldestFirst.isEmpty()) {
      ending.countDown();
    }
  }

  private void letNobodyIn() {
    if (listening.config().isAutoRead()) {
      listening.config().setAutoRead(false);
      loop.schedule(makeRoom, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void letIn() {
    if (ending == null && oldestFirst.size() < settings.connectionsMax()) {
      listening.config().setAutoRead(true);
    }
  }

  private @Nullable FrontConnection longestWaiting() {
    long now = now();
    for (FrontConnection connection : oldestFirst) {
      long waited = now - connection.sinceNanos();
      boolean mayLeave =
          switch (connection.stage()) {
            case IDLE -> true;
            case HEAD, BODY -> waited >= JUST_HERE_NANOS;
            case WRITING, LINGERING -> waited >= YOUNG_NANOS;
            case CHECKING, QUEUED -> waited >= PATIENCE_NANOS;
            case ANSWERING, STREAMING -> false;
          };
      if (mayLeave) {
        return connection;
      }
    }
    return null;
  }

  /** Only while somebody is here, and when the first of them may have waited long enough. */
  private void sweepBy(long deadline) {
    if (deadline < sweepAt) {
      sweepAt = deadline;
      loop.schedule(sweep, Math.max(SWEEP_NANOS, deadline - now()), TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    long now = now();
    if (now < sweepAt) {
      return; // another has been set since, for who came later and may stay less long
    }
    sweepAt = Long.MAX_VALUE;
    for (FrontConnection connection : List.copyOf(oldestFirst)) {
      if (now < deadline(connection)) {
        continue;
      }
      if (connection.stage() == FrontConnection.Stage.STREAMING) {
        connection.finishStream();
      } else {
        connection.cut(why(connection.stage()));
      }
    }
    oldestFirst.forEach(connection -> sweepBy(deadline(connection)));
  }

  private long deadline(FrontConnection connection) {
    long most = nanosMax(connection.stage());
    return most == Long.MAX_VALUE ? most : connection.sinceNanos() + most;
  }

  /** After nobody was let in for a moment. */
  private void makeRoom() {
    FrontConnection leaves = longestWaiting();
    for (int i = 0; i < ROOM && leaves != null; i++) {
      leaves.cut(Cut.FULL);
      leaves = longestWaiting();
    }
    letIn();
    if (!listening.config().isAutoRead() && ending == null) {
      loop.schedule(makeRoom, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private long nanosMax(FrontConnection.Stage stage) {
    return switch (stage) {
      case HEAD, BODY, CHECKING, WRITING -> settings.readTimeout().toNanos();
      case QUEUED -> QUEUE_NANOS;
      case ANSWERING -> Long.MAX_VALUE;
      case STREAMING -> settings.streamTimeout().toNanos();
      case IDLE -> settings.idleTimeout().toNanos();
      case LINGERING -> LINGER_NANOS;
    };
  }

  private static Cut why(FrontConnection.Stage stage) {
    return switch (stage) {
      case BODY -> Cut.BODY_TIMEOUT;
      case WRITING -> Cut.ANSWER_TIMEOUT;
      case QUEUED, CHECKING -> Cut.QUEUE_TIMEOUT;
      case HEAD, ANSWERING, STREAMING, IDLE, LINGERING -> Cut.HEAD_TIMEOUT;
    };
  }

  /** Whether a client has asked too often; throws what it is told. */
  void ration(InetAddress client) {
    long seconds = rates.take(client, 1, now());
    if (seconds > 0) {
      counts.limited();
      throw ProblemException.tooMany(seconds);
    }
  }

  boolean isFree(@Nullable Role needed, Shown shown) {
    return gatekeeper.isFree(needed, shown);
  }

  /** Looks at who asks where that may block, and says the result on the loop. */
  void check(@Nullable Role needed, Shown shown, Consumer<Gatekeeper.Finding> then) {
    thinker.execute(
        () -> {
          Gatekeeper.Finding finding = gatekeeper.look(needed, shown);
          onLoop(
              () -> {
                if (isGuess(finding, shown)) {
                  rates.charge(shown.peer(), GUESS_COSTS, now());
                }
                then.accept(finding);
              });
        });
  }

  private static boolean isGuess(Gatekeeper.Finding finding, Shown shown) {
    return finding instanceof Gatekeeper.Finding.TurnedAway(ProblemException problem)
        && problem.type() == ProblemType.TOKEN_REQUIRED
        && shown.authorization() != null;
  }

  /** Has a request answered where that may block; {@code done} is called on any thread. */
  void think(AdminRequest request, boolean isChange, Consumer<AdminAnswer> done) {
    thinker.think(request, isChange, done);
  }

  /** Accepts no more, lets requests end for at most this long, and cuts the rest. Blocks. */
  public void stop(Duration deadline) {
    CountDownLatch ended = new CountDownLatch(1);
    listening.close().awaitUninterruptibly();
    loop.execute(
        () -> {
          ending = ended;
          List.copyOf(oldestFirst).forEach(FrontConnection::end);
          if (oldestFirst.isEmpty()) {
            ended.countDown();
          }
        });
    try {
      boolean unused = ended.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thinker.shutdown();
    group
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS);
  }

  @Override
  public void close() {
    stop(Duration.ofSeconds(2));
  }
}
