package dev.spanthrift.helm.kube;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API server that {@code KUBECONFIG} names, and nothing else of this machine.
 *
 * <p>Nobody plays the kubelet but {@link FakeNode}; namespaces are new for each test, because they
 * may take long to go.
 */
final class Kube {
  /** What a slow, busy machine may take for anything here. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String RUN =
      Long.toString(System.currentTimeMillis() / 1000 % 1_000_000, 36);

  private Kube() {}

  static Path kubeconfig() {
    String file = System.getenv("KUBECONFIG");
    assertNotNull(file, "KUBECONFIG is not set; bench/kube/run test sets it");
    return Path.of(file);
  }

  static KubernetesClient client() {
    try {
      return new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig())))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A name that no other test and no earlier run has. */
  static String unique(String what) {
    return what + "-" + RUN + "-" + COUNT.incrementAndGet();
  }

  static String namespace(KubernetesClient client, String what, Map<String, String> labels) {
    return namespace(client, what, labels, Map.of());
  }

  static String namespace(
      KubernetesClient client,
      String what,
      Map<String, String> labels,
      Map<String, String> annotations) {
    String name = unique(what);
    Namespace namespace =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .withLabels(labels)
            .withAnnotations(annotations)
            .endMetadata()
            .build();
    client.resource(namespace).create();
    // Its controller makes it too, a moment later; pods cannot be created before.
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("default")
                .withNamespace(name)
                .endMetadata()
                .build())
        .createOr(there -> there.update());
    return name;
  }

  /** Waits until the answer is true; says what was waited for if it never is. */
  static void await(String what, Callable<Boolean> condition) throws Exception {
    await(what, PATIENCE, condition);
  }

  static void await(String what, Duration patience, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("after " + patience.toSeconds() + " s not yet: " + what);
      }
      Thread.sleep(100);
    }
  }
}
