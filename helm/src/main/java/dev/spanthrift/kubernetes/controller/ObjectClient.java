package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.model.jackson.Jackson2JdkTypesModule;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** How controller and injector ask the API server. */
public final class ObjectClient {
  /**
   * The API server takes 10,000 levels where a schema leaves fields open, as {@code match} does. A
   * client that reads fewer ends its watch of the kind, for all namespaces, at one such object.
   */
  private static final int NESTING_MAX = 10_100;

  /**
   * What hangs is asked again a few seconds later anyway, by whoever asked; the client's own ten
   * tries of ten seconds would hold one thread for two minutes.
   */
  private static final int TRY_MILLIS = 5_000;

  private static final int RETRIES = 1;

  private ObjectClient() {}

  /** By the pod's service account, or the kubeconfig. */
  public static KubernetesClient open() {
    KubernetesClientBuilder builder = new KubernetesClientBuilder();
    configure(builder);
    return builder.build();
  }

  static void configure(KubernetesClientBuilder builder) {
    builder
        .editOrNewConfig()
        .withRequestTimeout(TRY_MILLIS)
        .withRequestRetryBackoffLimit(RETRIES)
        .endConfig();
    RelistPauses pauses = new RelistPauses();
    OpenWatches open = new OpenWatches();
    builder.withHttpClientBuilderConsumer(
        http -> {
          http.addOrReplaceInterceptor("relist-pauses", pauses);
          http.addOrReplaceInterceptor(OpenWatches.NAME, open);
        });
    builder.withKubernetesSerialization(new KubernetesSerialization(mapper(), true));
  }

  /** All but the depth as the client has it: its objects are written for these defaults. */
  static JsonMapper mapper() {
    JsonFactory deep =
        JsonFactory.builderWithJackson2Defaults()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(NESTING_MAX).build())
            .build();
    return JsonMapper.builder(deep)
        .configureForJackson2()
        .addModule(new Jackson2JdkTypesModule())
        .build();
  }
}
