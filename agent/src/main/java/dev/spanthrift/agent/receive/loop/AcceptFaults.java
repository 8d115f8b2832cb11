package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.PortBooks;
import dev.spanthrift.exporter.NetworkWords;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Counts and says that the system could not hand a connection over; Netty's acceptor before it then
 * waits for a second.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
  private final PortBooks books;

  AcceptFaults(PortBooks books) {
    this.books = books;
  }

  @Override
  @SuppressWarnings("deprecation") // of the interface; what is overridden here is not
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    books.refused(
        PortBooks.NoPlace.ACCEPT_FAILED,
        "a connection cannot be accepted: "
            + NetworkWords.of(cause)
            + "; where it says too many open files, raise their limit (ulimit -n)");
  }
}
