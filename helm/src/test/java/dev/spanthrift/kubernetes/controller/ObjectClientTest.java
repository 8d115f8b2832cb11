package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.Test;

class ObjectClientTest {
  /** The client's own ten tries of ten seconds would hold a thread for two minutes. */
  @Test
  void whatHangsIsGivenUpAfterTwoTriesOfFiveSeconds() {
    KubernetesClientBuilder builder = new KubernetesClientBuilder().withConfig(Config.empty());
    ObjectClient.configure(builder);
    try (KubernetesClient client = builder.build()) {
      assertEquals(5_000, client.getConfiguration().getRequestTimeout());
      assertEquals(1, client.getConfiguration().getRequestRetryBackoffLimit());
    }
  }
}
