package dev.spanthrift.helm.kube;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a kubelet tells the API server, without a container: pods bound to it run at once, native
 * sidecars are started, plain init containers have completed, pods that run once succeed, and pods that
 * are to end are gone.
 */
final class FakeNode implements AutoCloseable {
  static final String NAME = "fake";
  private static final Map<String, Quantity> ROOM =
      Map.of(
          "cpu", new Quantity("256"),
          "memory", new Quantity("1Ti"),
          "pods", new Quantity("5000"));

  private final KubernetesClient client;
  private final SharedIndexInformer<Pod> pods;
  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger addresses = new AtomicInteger();

  private FakeNode(KubernetesClient client) {
    this.client = client;
    register();
    heart.scheduleAtFixedRate(this::beat, 10, 10, TimeUnit.SECONDS);
    pods =
        client
            .pods()
            .inAnyNamespace()
            .withField("spec.nodeName", NAME)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Pod pod) {
                    workers.execute(() -> settle(pod));
                  }

                  @Override
                  public void onUpdate(Pod before, Pod pod) {
                    workers.execute(() -> settle(pod));
                  }

                  @Override
                  public void onDelete(Pod pod, boolean unknown) {}
                });
  }

  static FakeNode start(KubernetesClient client) {
    return new FakeNode(client);
  }

  private void register() {
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(NAME)
            .addToLabels("kubernetes.io/hostname", NAME)
            .addToLabels("kubernetes.io/os", "linux")
            .endMetadata()
            .build();
    if (client.nodes().withName(NAME).get() == null) {
      client.resource(node).create();
    }
    beat();
    // The node controller taints a node before it has said that it is ready.
    untilDone(
        () ->
            client
                .nodes()
                .withName(NAME)
                .edit(n -> new NodeBuilder(n).editOrNewSpec().withTaints().endSpec().build()));
  }

  /** The node controller takes a node that is silent for 50 s for lost. */
  private void beat() {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    untilDone(
        () ->
            client
                .nodes()
                .withName(NAME)
                .editStatus(
                    n ->
                        new NodeBuilder(n)
                            .withStatus(
                                new NodeStatusBuilder()
                                    .withCapacity(ROOM)
                                    .withAllocatable(ROOM)
                                    .withConditions(
                                        new NodeConditionBuilder()
                                            .withType("Ready")
                                            .withStatus("True")
                                            .withReason("Fake")
                                            .withLastHeartbeatTime(now)
                                            .withLastTransitionTime(now)
                                            .build())
                                    .build())
                            .build()));
  }

  /** Others write to the node too. */
  private static void untilDone(Runnable edit) {
    for (int i = 0; ; i++) {
      try {
        edit.run();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 409 || i == 20) {
          throw e;
        }
      }
    }
  }

  private void settle(Pod pod) {
    try {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        client.resource(pod).withGracePeriod(0).delete();
      } else if (pod.getStatus() == null || "Pending".equals(pod.getStatus().getPhase())) {
        run(pod);
      }
    } catch (KubernetesClientException e) {
      // Changed or gone since: the next event brings what is there now.
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  private void run(Pod pod) {
    boolean job = "Never".equals(pod.getSpec().getRestartPolicy());
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    int number = addresses.incrementAndGet();
    String address = "10.231." + (10 + number / 250) + "." + (1 + number % 250);
    List<ContainerStatus> first = new ArrayList<>();
    for (Container container : pod.getSpec().getInitContainers()) {
      boolean sidecar = "Always".equals(container.getRestartPolicy());
      first.add(status(container, now, job || !sidecar));
    }
    List<ContainerStatus> then =
        pod.getSpec().getContainers().stream().map(c -> status(c, now, job)).toList();
    Pod settled =
        new PodBuilder(pod)
            .editOrNewStatus()
            .withPhase(job ? "Succeeded" : "Running")
            .withStartTime(now)
            .withHostIP("10.231.0.1")
            .withPodIP(address)
            .withPodIPs(new PodIP(address))
            .withInitContainerStatuses(first)
            .withContainerStatuses(then)
            .withConditions(
                condition("Initialized", true, now),
                condition("ContainersReady", !job, now),
                condition("Ready", !job, now))
            .endStatus()
            .build();
    client.resource(settled).updateStatus();
  }

  private static PodCondition condition(String type, boolean is, String now) {
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(is ? "True" : "False")
        .withLastTransitionTime(now)
        .build();
  }

  private static ContainerStatus status(Container container, String now, boolean ended) {
    var status =
        new ContainerStatusBuilder()
            .withName(container.getName())
            .withImage(container.getImage())
            .withImageID("fake")
            .withContainerID("fake://" + container.getName())
            .withReady(!ended)
            .withStarted(!ended);
    return ended
        ? status
            .withNewState()
            .withNewTerminated()
            .withReason("Completed")
            .withExitCode(0)
            .withStartedAt(now)
            .withFinishedAt(now)
            .endTerminated()
            .endState()
            .build()
        : status.withNewState().withNewRunning().withStartedAt(now).endRunning().endState().build();
  }

  @Override
  public void close() {
    heart.shutdownNow();
    pods.stop();
    workers.shutdown();
  }
}
