package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.injection.PodNamespace;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Labels and annotations of all namespaces, by a watch: no question is asked when a pod comes. */
public final class NamespaceCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NamespaceCache.class);

  private final SharedIndexInformer<Namespace> informer;
  private final AtomicLong failures = new AtomicLong();

  public NamespaceCache(KubernetesClient client) {
    informer = client.namespaces().runnableInformer(0);
    informer.exceptionHandler(
        (started, error) -> {
          failures.incrementAndGet();
          log.warn("the watch of namespaces failed and is begun again: {}", error.toString());
          return true; // it tries again, with growing pauses
        });
    informer.start();
  }

  public boolean isReady() {
    return informer.hasSynced();
  }

  /** Times that the watch failed and was begun again. */
  public long failures() {
    return failures.get();
  }

  /** Null for one that is not known, or not yet. */
  public @Nullable PodNamespace get(String name) {
    Namespace namespace = informer.getStore().getByKey(name);
    return namespace == null ? null : of(namespace);
  }

  static PodNamespace of(Namespace namespace) {
    ObjectMeta metadata = namespace.getMetadata();
    return new PodNamespace(
        metadata.getName(),
        Objects.requireNonNullElse(metadata.getLabels(), Map.of()),
        Objects.requireNonNullElse(metadata.getAnnotations(), Map.of()));
  }

  @Override
  public void close() {
    informer.stop();
  }
}
