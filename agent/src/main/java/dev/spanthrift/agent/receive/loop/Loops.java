package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.timer.LongSleep;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loop that ports and clients share, with the channel classes that fit it.
 *
 * <p>One, because each more thread costs wake-ups that a small request pays for. What belongs to a
 * loop needs no lock against other loops.
 */
public record Loops(
    EventLoopGroup group,
    Class<? extends ServerSocketChannel> serverChannel,
    Class<? extends SocketChannel> clientChannel) {

  /** Epoll where there is, else NIO. */
  public static Loops create() {
    DefaultThreadFactory names = new DefaultThreadFactory("loop", true);
    Loops created = Epoll.isAvailable() ? epoll(names) : nio(names);
    LongSleep.of(created.group.next());
    return created;
  }

  private static Loops epoll(DefaultThreadFactory names) {
    return new Loops(
        new MultiThreadIoEventLoopGroup(1, names, EpollIoHandler.newFactory(0, Gathering::new)),
        EpollServerSocketChannel.class,
        EpollSocketChannel.class);
  }

  private static Loops nio(DefaultThreadFactory names) {
    return new Loops(
        new MultiThreadIoEventLoopGroup(
            1, names, NioIoHandler.newFactory(SelectorProvider.provider(), Gathering::new)),
        NioServerSocketChannel.class,
        NioSocketChannel.class);
  }

  /** Ends the thread; what it still holds is given up after the deadline. */
  public void close(Duration deadline) {
    group
        .shutdownGracefully(0, deadline.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(deadline.toMillis());
  }
}
