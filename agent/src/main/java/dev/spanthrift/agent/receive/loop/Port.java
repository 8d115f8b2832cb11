package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.exporter.NetworkWords;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A listening socket with a bounded number of connections, and its graceful end. */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class Port {
  private static final int BACKLOG = 512;

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final int maxConnections;
  private final Consumer<SocketChannel> pipeline;
  private final Channel listening;

  private Port(ReceiveSettings settings, int port, Loops loops, Consumer<SocketChannel> pipeline) {
    this.maxConnections = settings.maxConnections();
    this.pipeline = pipeline;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group(), loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Opened())
            .bind(settings.host(), port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IllegalStateException(
          NetworkWords.ofPort(bound.cause(), settings.host(), port, "SPANTHRIFT_LISTEN_GRPC_PORT"),
          bound.cause());
    }
    this.listening = bound.channel();
  }

  /** Listens; throws IllegalStateException, with the address, when it cannot. */
  public static Port open(
      ReceiveSettings settings, int port, Loops loops, Consumer<SocketChannel> pipeline) {
    return new Port(settings, port, loops, pipeline);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /** Connections ever taken. */
  public long connectionsOpened() {
    return opened.get();
  }

  /** Connections closed unread because there were too many. */
  public long connectionsRefused() {
    return refused.get();
  }

  /**
   * Stops accepting, asks every connection to finish, and cuts those that have not after the
   * deadline. Blocks; not for event loops.
   */
  public void stop(Duration deadline) {
    listening.close().awaitUninterruptibly();
    open.close().awaitUninterruptibly(deadline.toMillis());
    for (Channel left : open) {
      // From the first handler outwards: not through the one that waits for its requests.
      left.eventLoop().execute(() -> left.pipeline().firstContext().close());
    }
  }

  private final class Opened extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      if (open.size() >= maxConnections) {
        refused.incrementAndGet();
        channel.close();
        return;
      }
      opened.incrementAndGet();
      open.add(channel);
      pipeline.accept(channel);
    }
  }
}
