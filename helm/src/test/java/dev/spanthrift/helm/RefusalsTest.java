package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bad values stop the rendering with a message that names the value and says what would be right.
 */
class RefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          mode: node                                                  | mode                             | 'cluster', 'sidecar', 'gateway'
          mode: [gateway]                                             | mode                             | want string
          destinaton: {}                                              | destinaton                       | not allowed
          destination: {endpont: x}                                   | endpont                          | not allowed
          destination: {endpoint: "otlp.example.com:4318"}            | destination/endpoint             | https?
          destination: {protocol: http/json}                          | destination/protocol             | 'http/protobuf', 'grpc'
          destination: {headersSecret: {name: Not A Name}}            | destination/headersSecret/name   | pattern
          image: {digest: "sha256:short"}                             | image/digest                     | [0-9a-f]{64}
          image: {pullPolicy: Sometimes}                              | image/pullPolicy                 | IfNotPresent
          ports: {http: 0}                                            | ports/http                       | minimum
          ports: {http: "4318"}                                       | ports/http                       | want integer
          admin: {listen: 127.0.0.1}                                  | admin/listen                     | not
          replicaCount: -1                                            | replicaCount                     | minimum
          terminationGracePeriodSeconds: 1                            | terminationGracePeriodSeconds    | minimum
          state: {sizeLimit: lots}                                    | state/sizeLimit                  | pattern
          sidecar: {resources: {requests: {cpu: null}}}               | sidecar/resources/requests       | cpu
          gateway: {resources: {requests: {cpu: fast}}}               | gateway/resources/requests/cpu   | pattern
          sidecar: {readinessProbe: {}}                               | readinessProbe                   | not allowed
          livenessProbe: {periodSeconds: 0}                           | livenessProbe/periodSeconds      | minimum
          serviceMonitor: {interval: often}                           | serviceMonitor/interval          | pattern
          podDisruptionBudget: {maxUnavailable: half}                 | podDisruptionBudget/maxUnavailable | pattern
          fleet: {url: "redis://:secret@redis:6379"}                  | fleet/url                        | pattern
          fleet: {url: "redis:6379"}                                  | fleet/url                        | rediss?
          fleet: {password: secret}                                   | fleet                            | not allowed
          injection: {mode: webhok}                                   | injection/mode                   | 'webhook', 'policy', 'manual'
          injection: {url: "http://here"}                             | injection/url                    | https
          injection: {timeoutSeconds: 60}                             | injection/timeoutSeconds         | maximum
          injector: {replicas: 3}                                     | injector                         | replicas
          controller: {resources: {requests: {cpu: null}}}            | controller/resources/requests    | cpu
          prometheusRule: {labels: {a: 1}}                            | prometheusRule/labels            | want string
          fullnameOverride: Upper                                     | fullnameOverride                 | pattern
          """)
  void theSchemaNamesTheValue(String values, String where, String what) {
    String message = refusal(Chart.GATEWAY, values);
    assertTrue(message.contains(where), message);
    assertTrue(message.contains(what), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          destination: {endpoint: ""}                                 | destination.endpoint is empty: set it to
          application: {image: ""}                                    | application.image is empty: set
          networkPolicy: {enabled: true}                              | networkPolicy.enabled is for mode=gateway
          serviceMonitor: {enabled: true}                             | set podMonitor.enabled
          {mode: gateway, podMonitor: {enabled: true}}                | set serviceMonitor.enabled
          {mode: gateway, listen: 127.0.0.1}                          | listen is 127.0.0.1: a gateway on loopback hears nobody
          config: {destinations: []}                                  | destination.endpoint and config.destinations are both set
          {policies: [{name: a, keep: true}], config: {policies: []}}             | policies and config.policies are both set
          {fleet: {url: "redis://a"}, config: {fleet: {url: "redis://b"}}} | fleet.url and config.fleet.url are both set
          fleet: {passwordSecret: {name: redis}}                      | fleet.url is empty: set it
          {mode: gateway, replicaCount: 2, policies: [{name: a, keep: true}]}     | set fleet.url to a Redis or Valkey, or gateway.routedByTraceId
          {mode: gateway, autoscaling: {enabled: true}, config: {budgets: [{amount: 1}]}} | set fleet.url to a Redis or Valkey
          ports: {http: 4317}                                         | ports.grpc, ports.http and ports.admin are [4317 4317 4321]: each needs
          sidecar: {javaOptions: "-Xmx1g"}                            | has -Xmx1g in a container of 256Mi: the process takes 128Mi and more beside its heap, so 128m is the most
          {mode: gateway, gateway: {javaOptions: "-Xss1m -Xmx897m"}}  | gateway.javaOptions has -Xmx897m in a container of 1Gi
          sidecar: {resources: {limits: {memory: 100Mi}}}             | 176Mi is the least
          sidecar: {resources: {limits: {memory: 256m}}}              | m is a thousandth of a byte, write 256Mi
          sidecar: {resources: {requests: {memory: 1Gi}}}             | the limit must not be below
          policies: [{name: a}]                                       | policies[0] (a) has no action
          policies: [{name: a, keep: true, drop: true}]               | policies[0] (a) has keep and drop
          policies: [{name: a, keep: true}, {name: a, drop: true}]    | policies[1].name a stands there twice
          {mode: cluster}                                             | application.image is for mode=sidecar
          {mode: cluster, application: {image: ""}, policies: [{name: a, keep: true}]} | make SamplingPolicy objects for sidecars
          {mode: cluster, application: {image: ""}, sidecar: {resources: {limits: {cpu: 1}}}} | the injector gives requests.cpu
          {configMap: {existingName: ours}, policies: [{name: a, keep: true}]}    | configMap.existingName is set
          """)
  void twoValuesThatContradictEachOtherAreExplained(String values, String what) {
    String message = refusal(Chart.SIDECAR, values);
    assertTrue(message.contains(what), message);
  }

  /** The heap that is just possible passes. */
  @Test
  void aHeapThatHasRoomPasses() {
    Chart.render(Chart.SIDECAR, "sidecar: {javaOptions: '-Xmx128m'}");
    Chart.render(Chart.GATEWAY, "gateway: {javaOptions: '-Xmx896m'}");
  }

  @Test
  void aClusterWithoutAdmissionPoliciesIsToldToUseTheWebhook() {
    var command =
        new Helm(Chart.FOLDER)
            .template()
            .withKubeVersion("1.33")
            .withValuesFile(Chart.files(Chart.CLUSTER + "injection: {mode: policy}")[0]);
    String message = assertThrows(IllegalStateException.class, command::call).getMessage();
    assertTrue(message.contains("set injection.mode=webhook"), message);
  }

  @Test
  void aClusterWithoutNativeSidecarsIsRefused() {
    var command =
        new Helm(Chart.FOLDER)
            .template()
            .withKubeVersion("1.28")
            .withValuesFile(Chart.files(Chart.SIDECAR)[0]);
    String message = assertThrows(IllegalStateException.class, command::call).getMessage();
    assertTrue(message.contains("1.29"), message);
  }

  private static String refusal(String... values) {
    return assertThrows(IllegalStateException.class, () -> Chart.render(values)).getMessage();
  }
}
