package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.PortBooks;
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
import java.util.ArrayList;
import java.util.List;

/** The listening sockets of one port, a bounded number of connections, and their graceful end. */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class Port {
  private static final int BACKLOG = 512;
  private static final int ATTEMPTS = 20; // to find a port that is free on all addresses

  /** Prepares a connection that has found a place. */
  @FunctionalInterface
  public interface Opening {
    /** {@code proven} is to be run when a whole request has come. */
    void prepare(SocketChannel channel, Runnable proven);
  }

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final List<Channel> listening = new ArrayList<>();
  private final String variable;
  private final PortBooks books;
  private final ServerBootstrap bootstrap;

  private Port(
      ReceiveSettings settings, String variable, Loops loops, PortBooks books, Opening opening) {
    this.variable = variable;
    this.books = books;
    Seats seats = new Seats(settings.maxConnections(), books);
    bootstrap =
        new ServerBootstrap()
            .group(loops.group(), loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Opened(seats, opening));
  }

  /**
   * Listens; throws IllegalStateException, with the address, when it cannot.
   *
   * @param port 0 takes one that is free
   * @param variable environment variable that chooses the port
   */
  public static Port open(
      ReceiveSettings settings,
      int port,
      String variable,
      Loops loops,
      PortBooks books,
      Opening opening) {
    Port made = new Port(settings, variable, loops, books, opening);
    made.listen(Listening.addresses(settings.host()), port);
    return made;
  }

  /** All addresses have the same port: where any is free, the first finds one for all. */
  private void listen(List<String> hosts, int port) {
    for (int attempt = 1; ; attempt++) {
      try {
        for (String host : hosts) {
          int chosen = port == 0 && !listening.isEmpty() ? address().getPort() : port;
          listening.add(bind(host, chosen));
        }
        return;
      } catch (IllegalStateException inUse) {
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
        listening.clear();
        if (port != 0 || attempt == ATTEMPTS) {
          throw inUse;
        }
      }
    }
  }

  private Channel bind(String host, int port) {
    ChannelFuture bound = bootstrap.bind(host, port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IllegalStateException(
          NetworkWords.ofPort(bound.cause(), Listening.beforePort(host), port, variable),
          bound.cause());
    }
    bound.channel().pipeline().addLast(new AcceptFaults(books));
    return bound.channel();
  }

  /** The first address; others have the same port. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.getFirst().localAddress();
  }

  /**
   * Stops accepting, asks every connection to finish, and cuts those that have not after the
   * deadline. Blocks; not for event loops.
   */
  public void stop(Duration deadline) {
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
    open.close().awaitUninterruptibly(deadline.toMillis());
    for (Channel left : open) {
      // From the first handler outwards: not through the one that waits for its requests.
      left.eventLoop().execute(() -> left.pipeline().firstContext().close());
    }
  }

  private final class Opened extends ChannelInitializer<SocketChannel> {
    private final Seats seats;
    private final Opening opening;

    Opened(Seats seats, Opening opening) {
      this.seats = seats;
      this.opening = opening;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      if (seats.take(channel)) {
        open.add(channel);
        opening.prepare(channel, () -> seats.proven(channel));
      }
    }
  }
}
