package dev.spanthrift.kubernetes.connection;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A port's connections, from accept to close, and how many there may be.
 *
 * <p>Who has sent no whole request within a time is sent away; when the table is full, the oldest
 * of these goes at once, so that who opens many and says nothing keeps nobody out. When all have
 * sent one, the newest goes. From any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class ConnectionTable {
  private final int max;
  private final Duration proofTime;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong full = new AtomicLong();
  private final AtomicLong mute = new AtomicLong();
  private final Set<Channel> unproven = new LinkedHashSet<>(); // guarded by itself, in their order

  /**
   * An empty table.
   *
   * @param proofTime until the end of a first request's head, from accept on: TLS is in it
   */
  public ConnectionTable(int max, Duration proofTime) {
    this.max = max;
    this.proofTime = proofTime;
  }

  /** How many are open now. */
  public int open() {
    return open.get();
  }

  /** Connections that were closed because there were too many. */
  public long full() {
    return full.get();
  }

  /** Connections that were closed because no request came in time. */
  public long mute() {
    return mute.get();
  }

  /** A new one, before anything was read of it. */
  public void take(Channel channel) {
    int now = open.incrementAndGet();
    channel.closeFuture().addListener(closed -> leave(channel));
    List<Channel> leaving = new ArrayList<>();
    synchronized (unproven) {
      unproven.add(channel);
      if (now > max) {
        Iterator<Channel> oldest = unproven.iterator();
        leaving.add(oldest.next());
        oldest.remove();
      }
    }
    full.addAndGet(leaving.size());
    leaving.forEach(Channel::close);
    channel.eventLoop().schedule(() -> hurry(channel), proofTime.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void hurry(Channel channel) {
    boolean late;
    synchronized (unproven) {
      late = unproven.remove(channel);
    }
    if (late) {
      mute.incrementAndGet();
      channel.close();
    }
  }

  private void leave(Channel channel) {
    open.decrementAndGet();
    synchronized (unproven) {
      unproven.remove(channel);
    }
  }

  /** A whole head has come over this one. */
  public void proven(HttpServerRequest request) {
    request.withConnection(this::proven);
  }

  /** The same, where no request is at hand. */
  public void proven(Connection connection) {
    synchronized (unproven) {
      unproven.remove(connection.channel());
    }
  }
}
