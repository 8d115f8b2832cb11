package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.ClusterSamplingPolicy;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An API server that keeps objects and watches, and takes every token of the form {@code
 * NAMESPACE.POD} that was made for {@link #AUDIENCE}: all but those that begin with {@code bad}.
 */
final class MockCluster implements AutoCloseable {
  static final String AUDIENCE = "spanthrift";

  /** A line for each request, thousands of them; held, so that the level stays. */
  private static final Logger TALK = Logger.getLogger("io.fabric8.mockwebserver");

  final KubernetesMockServer server;
  final KubernetesClient client;

  /** Paths to which nothing can be written. */
  volatile Predicate<String> refused = path -> false;

  final AtomicInteger reviews = new AtomicInteger();

  /** Of the server below: not a line for each request. */
  static void quiet() {
    TALK.setLevel(Level.WARNING);
  }

  MockCluster() {
    quiet();
    Map<ServerRequest, Queue<ServerResponse>> expectations = new HashMap<>();
    KubernetesMixedDispatcher objects = new KubernetesMixedDispatcher(expectations);
    List.of(SamplingPolicy.class, ClusterSamplingPolicy.class, SamplingBudget.class)
        .forEach(
            type ->
                objects.expectCustomResource(
                    CustomResourceDefinitionContext.fromCustomResourceType(type)));
    server =
        new KubernetesMockServer(
            new Context(Serialization.jsonMapper()),
            new MockWebServer(),
            expectations,
            reviewing(objects),
            false);
    server.init();
    client = server.createClient(ObjectClient::configure);
  }

  private Dispatcher reviewing(Dispatcher objects) {
    return new Dispatcher() {
      @Override
      public MockResponse dispatch(RecordedRequest request) {
        if (!request.getMethod().equals("GET") && refused.test(request.getPath())) {
          return new MockResponse().setResponseCode(422);
        }
        if (!request.getPath().endsWith("/tokenreviews")) {
          return objects.dispatch(request);
        }
        reviews.incrementAndGet();
        TokenReview asked = Serialization.unmarshal(request.getUtf8Body(), TokenReview.class);
        return new MockResponse()
            .setResponseCode(201)
            .setHeader("Content-Type", "application/json")
            .setBody(Serialization.asJson(reviewed(asked)));
      }
    };
  }

  /** As an API server answers. */
  static TokenReview reviewed(TokenReview asked) {
    String token = asked.getSpec().getToken();
    int dot = token.indexOf('.');
    if (token.startsWith("bad") || dot < 0) {
      return new TokenReviewBuilder(asked)
          .withNewStatus()
          .withAuthenticated(false)
          .withError("no")
          .endStatus()
          .build();
    }
    String namespace = token.substring(0, dot);
    String pod = token.substring(dot + 1);
    return new TokenReviewBuilder(asked)
        .withNewStatus()
        .withAuthenticated(true)
        .withAudiences(asked.getSpec().getAudiences())
        .withNewUser()
        .withUsername("system:serviceaccount:" + namespace + ":default")
        .addToExtra("authentication.kubernetes.io/pod-name", List.of(pod))
        .addToExtra("authentication.kubernetes.io/pod-uid", List.of("uid-" + pod))
        .endUser()
        .endStatus()
        .build();
  }

  void namespace(String name, Map<String, String> labels) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
  }

  /** Creates, or replaces the spec alone: this server knows no status of its own to leave alone. */
  <S, T, O extends CustomResource<S, T>> void apply(O object) {
    O there = client.resource(object).get();
    if (there == null) {
      client.resource(object).create();
    } else {
      S spec = object.getSpec();
      while (!edited(object, spec)) {
        // the controller wrote its status in between
      }
    }
  }

  private <S, T, O extends CustomResource<S, T>> boolean edited(O object, S spec) {
    try {
      // Of what is there now: from the object itself, which has the spec, nothing would differ.
      client
          .resource(client.resource(object).get())
          .edit(
              now -> {
                now.setSpec(spec);
                return now;
              });
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return false;
    }
  }

  SamplingPolicy policy(String namespace, String name) {
    return client.resources(SamplingPolicy.class).inNamespace(namespace).withName(name).get();
  }

  static SamplingPolicy policy(String namespace, String name, String spec) {
    SamplingPolicy policy = new SamplingPolicy();
    policy.setMetadata(meta(namespace, name));
    policy.setSpec(spec(spec));
    return policy;
  }

  static ClusterSamplingPolicy clusterPolicy(String name, String spec) {
    ClusterSamplingPolicy policy = new ClusterSamplingPolicy();
    policy.setMetadata(meta(null, name));
    policy.setSpec(spec(spec));
    return policy;
  }

  static SamplingBudget budget(String namespace, String name, String spec) {
    SamplingBudget budget = new SamplingBudget();
    budget.setMetadata(meta(namespace, name));
    budget.setSpec(read(spec, BudgetSpec.class));
    return budget;
  }

  private static ObjectMeta meta(String namespace, String name) {
    return new ObjectMetaBuilder()
        .withNamespace(namespace)
        .withName(name)
        .withUid("uid-of-" + namespace + "-" + name)
        .build();
  }

  /** A spec as YAML. */
  static PolicySpec spec(String yaml) {
    return read(yaml, PolicySpec.class);
  }

  /** Text in braces is JSON to the client, and YAML to us. */
  static <T> T read(String yaml, Class<T> type) {
    return Serialization.unmarshal(
        BodyFormat.canonical(BodyFormat.YAML.read(yaml.getBytes(StandardCharsets.UTF_8))), type);
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
