package dev.spanthrift.bench.speed;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends a workload over some connections: paced, or as fast as answers come.
 *
 * <p>Everything happens on one event loop; a pacing thread only says when.
 */
final class Load implements AutoCloseable {
  /** How it is sent. */
  record Plan(Protocol protocol, boolean gzip, int spansPerSecond, int connections, int inFlight) {
    static final int SATURATED = Integer.MAX_VALUE;

    boolean saturated() {
      return spansPerSecond == SATURATED;
    }

    /** Nothing is sent, and nobody connects. */
    boolean idle() {
      return spansPerSecond == 0;
    }
  }

  enum Protocol {
    GRPC,
    HTTP
  }

  private static final int OUTSTANDING_MAX = 256; // paced: above it the server is too slow

  private final Plan plan;
  private final Workload workload;
  private final EventLoop loop;
  private final List<Connection> connections = new ArrayList<>();
  private final Feed feed;
  private @Nullable Thread pacer;
  private volatile boolean running = true;
  private int turn;
  private int outstanding;

  // Written by the loop alone.
  volatile long spansSent;
  volatile long spansAccepted;
  volatile long spansRefused;
  volatile long spansSkipped;

  Load(Plan plan, Workload workload, EventLoop loop, int port) {
    this.plan = plan;
    this.workload = workload;
    this.loop = loop;
    this.feed = new Feed(workload, plan.gzip());
    for (int i = 0; i < (plan.idle() ? 0 : plan.connections()); i++) {
      connections.add(connect(port));
    }
  }

  /** Where one connection writes requests. */
  interface Connection {
    Channel channel();

    void send(Feed feed);
  }

  private Connection connect(int port) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(BenchLoops.clientChannel())
            .remoteAddress("127.0.0.1", port);
    GrpcLoad grpc = GrpcLoad.create(this, plan.gzip());
    HttpLoad http = new HttpLoad(this, plan.gzip());
    bootstrap.handler(
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            switch (plan.protocol()) {
              case GRPC -> channel.pipeline().addLast(grpc);
              case HTTP -> channel.pipeline().addLast(new HttpClientCodec(), http);
            }
          }
        });
    bootstrap.connect().syncUninterruptibly();
    return switch (plan.protocol()) {
      case GRPC -> grpc;
      case HTTP -> http;
    };
  }

  void start() {
    if (plan.idle()) {
      return;
    }
    if (plan.saturated()) {
      for (int i = 0; i < plan.inFlight(); i++) {
        connections.forEach(c -> loop.execute(() -> send(c)));
      }
    } else {
      pacer = Thread.ofPlatform().daemon().name("pacer").start(this::pace);
    }
  }

  private void pace() {
    long interval = (long) (1e9 * workload.spansPerRequest() / plan.spansPerSecond());
    long due = System.nanoTime();
    while (running) {
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      } else {
        due += interval;
        loop.execute(this::sendPaced);
      }
    }
  }

  private void sendPaced() {
    if (outstanding >= OUTSTANDING_MAX) {
      spansSkipped = spansSkipped + feed.spans();
      return;
    }
    turn = (turn + 1) % connections.size();
    send(connections.get(turn));
  }

  private void send(Connection connection) {
    if (running) {
      outstanding++;
      spansSent = spansSent + feed.spans();
      connection.send(feed);
    }
  }

  /** A request was answered. */
  void answered(Connection connection, int spans, boolean accepted) {
    outstanding--;
    if (accepted) {
      spansAccepted = spansAccepted + spans;
    } else {
      spansRefused = spansRefused + spans;
    }
    if (plan.saturated()) {
      send(connection);
    }
  }

  /** Sends no more and waits for what is under way. */
  void stop() {
    running = false;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (spansAccepted + spansRefused < spansSent && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    running = false;
    connections.forEach(c -> c.channel().close().awaitUninterruptibly(1000));
  }
}
