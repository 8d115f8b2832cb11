package dev.spanthrift.exporter.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import reactor.netty.resources.LoopResources;

/**
 * The event loops that destinations run on: best the ones of the receiving ports, so that a request
 * is forwarded by the thread that read it.
 *
 * @param channelType must fit the group: NIO, epoll or kqueue
 */
public record ClientLoops(EventLoopGroup group, Class<? extends Channel> channelType) {

  /** The client loops of reactor-netty resources; these stay the caller's to dispose. */
  public static ClientLoops of(LoopResources resources) {
    EventLoopGroup group = resources.onClient(LoopResources.DEFAULT_NATIVE);
    return new ClientLoops(group, resources.onChannelClass(SocketChannel.class, group));
  }

  /** A clock on these loops; starts at 0. */
  public Timer timer() {
    long start = System.nanoTime();
    return new Timer() {
      @Override
      public long nanos() {
        return System.nanoTime() - start;
      }

      @Override
      public void schedule(long delayNanos, Runnable task) {
        if (!group.isShuttingDown()) {
          var unused = group.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        }
      }
    };
  }
}
