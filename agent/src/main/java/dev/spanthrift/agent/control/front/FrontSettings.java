package dev.spanthrift.agent.control.front;

import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin port listens, and its bounds.
 *
 * @param hosts names, beside our own and IP addresses, under which browsers may call us
 * @param connectionsMax above it the connection that has waited longest without a request leaves
 * @param bodyBytesMax of one request
 * @param bodiesBytesMax of all requests that are being read or answered
 * @param answersBytesMax of answers that clients have not taken yet; above it requests wait
 * @param workingMax requests that are thought about at once; the others wait
 * @param readTimeout for a head, and again for a body
 * @param idleTimeout between two requests of one connection
 * @param streamTimeout after which a stream of events ends; whoever wants more asks again
 * @param tls null: plain text
 * @param requestsPerSecond of one client, beside probes and scrapes
 * @param requestsBurst that it may send at once
 */
public record FrontSettings(
    InetAddress address,
    int port,
    Set<String> hosts,
    int connectionsMax,
    int bodyBytesMax,
    long bodiesBytesMax,
    long answersBytesMax,
    int workingMax,
    Duration readTimeout,
    Duration idleTimeout,
    Duration streamTimeout,
    @Nullable SslContext tls,
    double requestsPerSecond,
    double requestsBurst) {
  private static final int CONNECTIONS_MAX = 512;
  private static final int BODIES = 8; // of the largest size at once
  private static final long ANSWERS_BYTES_MAX = 2 << 20;
  private static final int WORKING_MAX = 4;
  private static final double REQUESTS_PER_SECOND = 100;
  private static final double REQUESTS_BURST = 2_000;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(75); // above a scrape's minute
  private static final Duration STREAM_TIMEOUT = Duration.ofMinutes(10);

  public FrontSettings {
    hosts = Set.copyOf(hosts);
  }

  /** With the bounds that the program runs with. */
  public static FrontSettings of(
      InetAddress address,
      int port,
      Set<String> hosts,
      int bodyBytesMax,
      @Nullable SslContext tls) {
    return new FrontSettings(
        address,
        port,
        hosts,
        CONNECTIONS_MAX,
        bodyBytesMax,
        (long) BODIES * bodyBytesMax,
        ANSWERS_BYTES_MAX,
        WORKING_MAX,
        READ_TIMEOUT,
        IDLE_TIMEOUT,
        STREAM_TIMEOUT,
        tls,
        REQUESTS_PER_SECOND,
        REQUESTS_BURST);
  }
}
