package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches over plain HTTP that the API server has accepted and that have not ended. Behind a proxy
 * without WebSockets the client falls back to these, and says that one is watching only once an
 * event has come: where nothing happens that is never.
 *
 * <p>Bounded by the client's connections: one that ends is forgotten.
 */
final class OpenWatches implements Interceptor {
  static final String NAME = "open-watches";
  private static final int OK = 200;

  private final Map<String, Integer> byPath = new ConcurrentHashMap<>();

  /** Of a client that {@link ObjectClient} made; null of another one. */
  static @Nullable OpenWatches of(KubernetesClient client) {
    return client.getHttpClient().newBuilder() instanceof StandardHttpClientBuilder<?, ?, ?> builder
            && builder.getInterceptors().get(NAME) instanceof OpenWatches open
        ? open
        : null;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (response.code() == OK
        && response.body() instanceof AsyncBody body
        && String.valueOf(request.uri().getQuery()).contains("watch=true")) {
      String path = request.uri().getPath();
      byPath.merge(path, 1, Integer::sum);
      var _ =
          body.done()
              .whenComplete((done, failure) -> byPath.computeIfPresent(path, (p, n) -> less(n)));
    }
  }

  private static @Nullable Integer less(int count) {
    return count == 1 ? null : count - 1;
  }

  /**
   * Whether one of a kind is open.
   *
   * @param plural as a path ends, such as {@code namespaces}
   */
  boolean has(String plural) {
    return byPath.keySet().stream().anyMatch(path -> path.endsWith("/" + plural));
  }
}
