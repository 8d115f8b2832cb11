package dev.spanthrift.kubernetes.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.webhook.InjectorMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events over an API server that keeps them. */
@EnableKubernetesMockClient(crud = true)
@Timeout(180)
class SkipEventsTest {
  private static final int PODS = 400;
  KubernetesClient client;
  private final InjectorMetrics metrics = new InjectorMetrics();

  private static ObjectNode pod(int number) {
    ObjectNode pod = JsonMapper.shared().createObjectNode();
    pod.putObject("metadata").put("name", "cart-" + number).put("uid", "uid-" + number);
    return pod;
  }

  private double count(String fate) {
    String series = "spanthrift_injector_events_total{fate=\"" + fate + "\"} ";
    return metrics
        .program()
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .sum();
  }

  private int written() {
    return client.v1().events().inNamespace("shop").list().getItems().size();
  }

  /** A namespace is labelled, and the audit finds all of its pods at once. */
  @Test
  void whatFoundNoPlaceInTheQueueIsToldByALaterLook() throws Exception {
    try (SkipEvents events = new SkipEvents(client, metrics, Clock.systemUTC())) {
      Instant end = Instant.now().plus(Duration.ofSeconds(120));
      do {
        for (int i = 0; i < PODS; i++) {
          events.tell(pod(i), "shop", "RestartNeeded", true, "restart it");
        }
        Thread.sleep(50); // the next look comes later
      } while (count("sent") < PODS && Instant.now().isBefore(end));
      assertTrue(count("queue_full") > 0, "the queue holds a hundred");
      assertEquals(PODS, count("sent"));
      assertEquals(PODS, written(), "each once");
    }
  }
}
