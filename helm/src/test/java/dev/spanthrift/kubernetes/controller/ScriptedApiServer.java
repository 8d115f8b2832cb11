package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceListBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API server of namespaces that does to its watches what a test says: fabric8's own stand-in
 * never ends one, and forgets nothing.
 */
final class ScriptedApiServer implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final List<WebSocket> watches = new CopyOnWriteArrayList<>();
  private final TreeSet<String> there = new TreeSet<>(); // guarded by this, as what follows
  private final TreeMap<Integer, String> events = new TreeMap<>(); // by version
  private int version = 100;
  final KubernetesClient client;
  final AtomicInteger lists = new AtomicInteger();

  /** Versions from which watches were asked, in turn. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Status for everything while it is not 0. */
  volatile int down;

  /** Whether each watch is closed as soon as it is open. */
  volatile boolean endsWatches;

  ScriptedApiServer() {
    MockCluster.quiet();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request.getPath());
          }
        });
    server.start();
    client = client(server.getPort());
  }

  /** As the controller makes one, but that it does not wait long before it tries again. */
  static KubernetesClient client(int port) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + port)
            .withWatchReconnectInterval(10)
            .withRequestRetryBackoffInterval(10)
            .withRequestRetryBackoffLimit(0)
            .build();
    KubernetesClientBuilder builder = new KubernetesClientBuilder().withConfig(config);
    ObjectClient.configure(builder);
    return builder.build();
  }

  private MockResponse answer(String path) {
    if (down != 0) {
      return new MockResponse().setResponseCode(down);
    }
    if (path.contains("watch=true")) {
      return new MockResponse()
          .withWebSocketUpgrade(new Watcher(path.replaceAll(".*resourceVersion=([^&]*).*", "$1")));
    }
    lists.incrementAndGet();
    return new MockResponse()
        .setResponseCode(200)
        .setHeader("Content-Type", "application/json")
        .setBody(Serialization.asJson(list()));
  }

  /** A watch, which first hears what has happened since the version that it knows. */
  private final class Watcher extends WebSocketListener {
    private final String from;

    Watcher(String from) {
      this.from = from;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      synchronized (ScriptedApiServer.this) {
        events.tailMap(Integer.parseInt(from), false).values().forEach(socket::send);
        asked.add(from);
        watches.add(socket);
        if (endsWatches) {
          socket.close(1000, "as a broken proxy does");
        }
      }
    }
  }

  private synchronized Object list() {
    return new NamespaceListBuilder()
        .withNewMetadata()
        .withResourceVersion(version())
        .endMetadata()
        .withItems(there.stream().map(this::namespace).toList())
        .build();
  }

  private synchronized Namespace namespace(String name) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid("uid-of-" + name)
        .withResourceVersion(version())
        .endMetadata()
        .build();
  }

  /** Says it to the watch that goes on now. */
  private void say(String text) {
    watches.getLast().send(text);
  }

  /** Makes one, and tells the watch. */
  synchronized void add(String name) {
    addUnseen(name);
    say(events.get(version));
  }

  /** Makes one of which only later watches hear. */
  synchronized void addUnseen(String name) {
    there.add(name);
    remember("ADDED", name);
  }

  synchronized void removeUnseen(String name) {
    there.remove(name);
    remember("DELETED", name);
  }

  private synchronized void remember(String type, String name) {
    version++;
    String object = Serialization.asJson(namespace(name));
    events.put(version, "{\"type\": \"" + type + "\", \"object\": " + object + "}");
  }

  synchronized String version() {
    return Integer.toString(version);
  }

  void endWatch() {
    watches.getLast().close(1000, "it was long enough");
  }

  /** As after a compaction: all events are forgotten, and the watch is told so. */
  synchronized void compact() {
    events.clear();
    error(410, "Expired");
  }

  void error(int code, String reason) {
    say(
        "{\"type\": \"ERROR\", \"object\": {\"kind\": \"Status\", \"apiVersion\": \"v1\","
            + " \"metadata\": {}, \"status\": \"Failure\", \"reason\": \""
            + reason
            + "\", \"code\": "
            + code
            + "}}");
  }

  void nonsense() {
    say("{\"type\": \"ADDED\", \"object\": {\"kind\": \"Namespace\", \"apiVersion\": 7, \"metad");
  }

  int watchCount() {
    return watches.size();
  }

  @Override
  public void close() {
    client.close();
    server.shutdown();
  }
}
