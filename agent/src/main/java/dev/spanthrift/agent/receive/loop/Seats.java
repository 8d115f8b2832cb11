package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.PortBooks;
import dev.spanthrift.agent.receive.door.PortBooks.NoPlace;
import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;

/**
 * The table of a port's connections, which has a bound.
 *
 * <p>When it is full, the oldest connection that has never sent a whole request makes room: so who
 * opens many and says nothing keeps nobody out. When all are in use, the newest is refused. Used on
 * the event loop alone.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class Seats {
  private final int max;
  private final PortBooks books;
  private final LinkedHashSet<Channel> unproven = new LinkedHashSet<>();
  private int taken;

  Seats(int max, PortBooks books) {
    this.max = max;
    this.books = books;
  }

  /** Whether the connection has found a place; if not, it is closed. */
  boolean take(Channel channel) {
    books.accepted();
    if (taken >= max && !makeRoom()) {
      books.refused(
          NoPlace.TABLE_FULL,
          "a connection from %s is refused: %d are open, all in use; listen.connectionsMax"
              .formatted(channel.remoteAddress(), max));
      channel.close();
      return false;
    }
    taken++;
    books.opened();
    unproven.add(channel);
    channel.closeFuture().addListener(closed -> leave(channel));
    return true;
  }

  /** It has sent a whole request. */
  void proven(Channel channel) {
    unproven.remove(channel);
  }

  private boolean makeRoom() {
    Iterator<Channel> oldest = unproven.iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    Channel leaving = oldest.next();
    books.refused(
        NoPlace.MADE_ROOM,
        "the connection of %s, which has sent no whole request, makes room: %d are open; listen.connectionsMax"
            .formatted(leaving.remoteAddress(), max));
    // From the first handler outwards: not through the one that waits for its requests.
    leaving.pipeline().firstContext().close();
    return true;
  }

  private void leave(Channel channel) {
    unproven.remove(channel);
    taken--;
    books.closed();
  }
}
