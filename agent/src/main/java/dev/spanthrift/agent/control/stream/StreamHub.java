package dev.spanthrift.agent.control.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.EventSink;
import dev.spanthrift.agent.control.front.StreamSite;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All streams: one timer for all of them, which stops with the last client.
 *
 * <p>What is new is taken once a beat for everybody, so that a hundred clients ask the pipeline as
 * often as one.
 */
public final class StreamHub implements StreamSite {
  /** Where its route has the topic. */
  public static final String TEMPLATE = "/api/v1/stream/{topic}";

  static final int CLIENTS_MAX = 64;

  /** Of one address that is not loopback's, where all containers of a pod have the same. */
  static final int OF_ONE_MAX = 16;

  /** Twice a second: a person sees no difference, and a decision comes with 24 others. */
  static final Duration BEAT = Duration.ofMillis(500);

  static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final long RETRY_MILLIS = 3_000;
  private static final int PARAMETERS_MAX = 16;

  private final Map<String, Topic> topics;
  private final ScheduledExecutorService timer;
  private final long heartbeatNanos;
  private final Set<Client> clients = new LinkedHashSet<>();
  private @Nullable ScheduledFuture<?> beating;

  /**
   * @param topics by their names
   */
  StreamHub(Map<String, Topic> topics, ScheduledExecutorService timer, Duration heartbeat) {
    this.topics = Map.copyOf(topics);
    this.timer = timer;
    heartbeatNanos = heartbeat.toNanos();
  }

  private static final class Client {
    final Topic topic;
    final Topic.Feed feed;
    final EventSink sink;
    final InetAddress peer;
    boolean greeted;
    long toldNanos;

    Client(Topic topic, Topic.Feed feed, EventSink sink, InetAddress peer) {
      this.topic = topic;
      this.feed = feed;
      this.sink = sink;
      this.peer = peer;
    }
  }

  @Override
  public Runnable open(AdminRequest request, EventSink sink) {
    String path = request.path();
    Topic topic = topics.get(path.substring(path.lastIndexOf('/') + 1));
    if (topic == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND, "there is no such stream; there are " + topics.keySet());
    }
    Topic.Feed feed = topic.open(query(request), request.headers().get("Last-Event-ID"));
    Client client = new Client(topic, feed, sink, request.peer().getAddress());
    enter(client);
    return () -> leave(client);
  }

  private static Map<String, String> query(AdminRequest request) {
    Map<String, String> query = new LinkedHashMap<>();
    new QueryStringDecoder(request.uri().toString(), UTF_8, true, PARAMETERS_MAX)
        .parameters()
        .forEach((name, values) -> query.put(name, values.getLast()));
    return query;
  }

  private synchronized void enter(Client client) {
    if (clients.size() == CLIENTS_MAX) {
      throw new ProblemException(
          ProblemType.OVERLOADED, CLIENTS_MAX + " streams are open, which is the bound");
    }
    if (!client.peer.isLoopbackAddress()
        && clients.stream().filter(other -> other.peer.equals(client.peer)).count() >= OF_ONE_MAX) {
      throw new ProblemException(
          ProblemType.OVERLOADED,
          OF_ONE_MAX + " streams are open from where this request comes, which is the bound");
    }
    clients.add(client);
    if (beating == null) {
      beating =
          timer.scheduleWithFixedDelay(
              Guarded.task("event streams", this::beat), 0, BEAT.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void leave(Client client) {
    clients.remove(client);
    if (clients.isEmpty() && beating != null) {
      beating.cancel(false);
      beating = null;
    }
  }

  private synchronized List<Client> listening() {
    return List.copyOf(clients);
  }

  private void beat() {
    List<Client> all = listening();
    all.stream().map(client -> client.topic).distinct().forEach(Topic::beat);
    all.forEach(this::tell);
  }

  private void tell(Client client) {
    EventLines events = new EventLines();
    long now = System.nanoTime();
    if (!client.greeted) {
      client.greeted = true;
      client.toldNanos = now;
      events.retry(RETRY_MILLIS);
    }
    client.feed.poll(events);
    if (events.isEmpty() && now - client.toldNanos >= heartbeatNanos) {
      events.heartbeat();
    }
    if (!events.isEmpty()) {
      client.toldNanos = now;
      client.sink.send(events.whole());
    }
  }

  /** For tests. */
  synchronized boolean isBeating() {
    return beating != null;
  }
}
