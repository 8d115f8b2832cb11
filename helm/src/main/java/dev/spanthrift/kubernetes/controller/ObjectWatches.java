package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.ClusterSamplingPolicy;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.ArrayList;
import java.util.List;

/** The four watches by which the controller knows what there is. */
final class ObjectWatches implements AutoCloseable {
  private final KubernetesClient client;
  private final List<Watch<?>> all = new ArrayList<>();
  private final Watch<ClusterSamplingPolicy> clusterPolicies;
  private final Watch<SamplingPolicy> policies;
  private final Watch<SamplingBudget> budgets;
  private final Watch<Namespace> namespaces;

  /**
   * Returns when all objects are known.
   *
   * @param changed run whenever one is added, changed or deleted
   * @param spaceAdded run before that for a namespace that is new
   * @throws RuntimeException when they cannot be listed
   */
  ObjectWatches(KubernetesClient client, Runnable changed, Runnable spaceAdded) {
    this.client = client;
    try {
      clusterPolicies =
          watch(client.resources(ClusterSamplingPolicy.class), new Change<>(changed, () -> {}));
      policies =
          watch(
              client.resources(SamplingPolicy.class).inAnyNamespace(),
              new Change<>(changed, () -> {}));
      budgets =
          watch(
              client.resources(SamplingBudget.class).inAnyNamespace(),
              new Change<>(changed, () -> {}));
      namespaces = watch(client.namespaces(), new Change<>(changed, spaceAdded));
    } catch (RuntimeException e) {
      close(); // those that were begun before the one that failed
      throw e;
    }
  }

  private <T extends HasMetadata> Watch<T> watch(Informable<T> kind, Change<T> change) {
    Watch<T> watch = new Watch<>(client, kind, change);
    all.add(watch);
    return watch;
  }

  private record Change<T extends HasMetadata>(Runnable any, Runnable added)
      implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      added.run();
      any.run();
    }

    @Override
    public void onUpdate(T before, T object) {
      any.run();
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      any.run();
    }
  }

  List<ClusterSamplingPolicy> clusterPolicies() {
    return clusterPolicies.list();
  }

  List<SamplingPolicy> policies() {
    return policies.list();
  }

  List<SamplingBudget> budgets() {
    return budgets.list();
  }

  List<Namespace> namespaces() {
    return namespaces.list();
  }

  /** Times that one of them failed and was begun again. */
  long failures() {
    return all.stream().mapToLong(Watch::failures).sum();
  }

  /** Whether what they know is what there is, give or take a reconnection. */
  boolean areCurrent() {
    return all.stream().allMatch(Watch::isCurrent);
  }

  @Override
  public void close() {
    all.forEach(Watch::close);
  }
}
