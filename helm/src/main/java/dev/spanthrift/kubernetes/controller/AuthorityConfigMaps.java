package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the authorities of the controller's certificate where sidecars find them: into one ConfigMap
 * of each namespace, as Kubernetes does with its own ({@code kube-root-ca.crt}). A pod mounts it,
 * and the kubelet brings it up to date there, so that a rotation reaches pods that run.
 *
 * <p>Every namespace but the system's and those that refuse injection: a pod may ask for its
 * sidecar by a label of its own. Watches the objects of this one name alone, which is all that the
 * role allows.
 */
final class AuthorityConfigMaps implements Consumer<String>, AutoCloseable {
  static final String KEY = "ca.crt";
  private static final Logger log = LoggerFactory.getLogger(AuthorityConfigMaps.class);
  private static final Set<String> SYSTEM = Set.of("kube-system", "kube-public", "kube-node-lease");

  private final KubernetesClient client;
  private final String name;
  private final Supplier<List<Namespace>> namespaces;
  private final Watch<ConfigMap> there;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  /**
   * @param name of the ConfigMap, in every namespace
   * @param namespaces as they are known now
   */
  AuthorityConfigMaps(KubernetesClient client, String name, Supplier<List<Namespace>> namespaces) {
    this.client = client;
    this.name = name;
    this.namespaces = namespaces;
    there =
        new Watch<>(
            client,
            client.configMaps().inAnyNamespace().withField("metadata.name", name),
            new Silent());
  }

  /** What is there is read with each look. */
  private static final class Silent implements ResourceEventHandler<ConfigMap> {
    @Override
    public void onAdd(ConfigMap map) {}

    @Override
    public void onUpdate(ConfigMap before, ConfigMap map) {}

    @Override
    public void onDelete(ConfigMap map, boolean unknown) {}
  }

  /** Writes where something else stands; one namespace that refuses keeps no other from it. */
  @Override
  public void accept(String bundle) {
    Map<String, String> told = new HashMap<>();
    for (ConfigMap map : there.list()) {
      Map<String, String> data = Objects.requireNonNullElse(map.getData(), Map.of());
      told.put(map.getMetadata().getNamespace(), data.getOrDefault(KEY, ""));
    }
    for (Namespace namespace : namespaces.get()) {
      String space = namespace.getMetadata().getName();
      if (!isMeant(namespace) || bundle.equals(told.get(space))) {
        continue;
      }
      try {
        write(space, bundle);
        writes.incrementAndGet();
      } catch (KubernetesClientException e) {
        failures.incrementAndGet();
        log.warn(
            "ConfigMap {} of namespace {} cannot be written, so that its sidecars do not believe"
                + " the controller: {}",
            name,
            space,
            e.getMessage());
      }
    }
  }

  private static boolean isMeant(Namespace namespace) {
    Map<String, String> labels =
        Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of());
    return !SYSTEM.contains(namespace.getMetadata().getName())
        && namespace.getMetadata().getDeletionTimestamp() == null
        && !"disabled".equals(labels.get("spanthrift.dev/injection"));
  }

  private void write(String namespace, String bundle) {
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels("app.kubernetes.io/managed-by", "spanthrift")
            .addToAnnotations(
                "spanthrift.dev/description",
                "Authorities by which sidecars know the controller; written by it.")
            .endMetadata()
            .addToData(KEY, bundle)
            .build();
    client.resource(map).createOr(existing -> existing.update());
  }

  /** ConfigMaps written since start. */
  long writes() {
    return writes.get();
  }

  /** Writes that a namespace refused. */
  long failures() {
    return failures.get();
  }

  boolean isReady() {
    return there.isCurrent();
  }

  /** Times that the watch failed and was begun again. */
  long watchFailures() {
    return there.failures();
  }

  @Override
  public void close() {
    there.close();
  }
}
