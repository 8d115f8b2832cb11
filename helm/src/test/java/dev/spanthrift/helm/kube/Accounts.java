package dev.spanthrift.helm.kube;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tokens of service accounts, as a kubelet would put them into pods. */
final class Accounts {
  private Accounts() {}

  /** A kubeconfig with which a program may do what its account may, and nothing else. */
  static Path kubeconfig(KubernetesClient client, Path folder, String namespace, String account)
      throws IOException {
    String token =
        request(client, namespace, account, new TokenRequestBuilder().withNewSpec().withExpirationSeconds(3600L).endSpec().build());
    Config config = client.getConfiguration();
    return Files.writeString(
        folder.resolve(account + ".kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: "%s"}}]
        users: [{name: u, user: {token: "%s"}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: "%s"}}]
        current-context: x
        """
            .formatted(config.getMasterUrl(), config.getCaCertData(), token, namespace));
  }

  /** What the projected volume of an injected pod holds. */
  static Path ofPod(KubernetesClient client, Path folder, Pod pod, String audience)
      throws IOException {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(List.of(audience))
            .withExpirationSeconds(3600L)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    String token = request(client, pod.getMetadata().getNamespace(), "default", request);
    return Files.writeString(folder.resolve(pod.getMetadata().getName() + ".token"), token);
  }

  private static String request(
      KubernetesClient client, String namespace, String account, TokenRequest request) {
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(account)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }
}
