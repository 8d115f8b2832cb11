package dev.spanthrift.kubernetes.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.webhook.InjectorMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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

  private static ObjectNode ofJob(String job) {
    ObjectNode pod = pod(0);
    pod.withObject("/metadata")
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "batch/v1")
        .put("kind", "Job")
        .put("name", job)
        .put("uid", job)
        .put("controller", true);
    return pod;
  }

  /** So slow that after the burst nothing leaves the queue while the test runs. */
  private SkipEvents slow(int queue) {
    return new SkipEvents(client, metrics, Clock.systemUTC(), Duration.ofHours(1), queue);
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
    try (SkipEvents events =
        new SkipEvents(client, metrics, Clock.systemUTC(), Duration.ofNanos(1), 100)) {
      Instant end = Instant.now().plus(Duration.ofSeconds(120));
      do {
        for (int i = 0; i < PODS; i++) {
          events.audited(pod(i), "shop", "RestartNeeded", "restart it");
        }
        Thread.sleep(50); // the next look comes later
      } while (count("sent") < PODS && Instant.now().isBefore(end));
      assertTrue(count("postponed") > 0, "the queue holds a hundred");
      assertEquals(0, count("queue_full"), "nothing is lost");
      assertEquals(PODS, count("sent"));
      assertEquals(PODS, written(), "each once");
    }
  }

  /** Of 100 places 60 are the audit's, 50 of pods that lack nothing, all of those that lack. */
  @Test
  void whatMayWaitLeavesTheQueueToWhatMayNot() {
    try (SkipEvents events = slow(100)) {
      int number = 0;
      for (int i = 0; i < 200; i++) {
        events.tell(pod(number++), "shop", "NotEnabled", false, "nobody asked");
      }
      assertTrue(count("left_out") >= 200 - 50 - 11, "eleven at most have left the queue");
      double leftOut = count("left_out");
      for (int i = 0; i < 200; i++) {
        events.audited(pod(number++), "shop", "RestartNeeded", "restart it");
      }
      assertTrue(count("postponed") >= 200 - 10 - 11, "ten more places are the audit's");
      assertTrue(count("postponed") < 200, "it has places of its own");
      assertEquals(0, count("queue_full"));
      for (int i = 0; i < 200; i++) {
        events.tell(pod(number++), "shop", "HostNetwork", true, "hostNetwork is true");
      }
      double full = count("queue_full");
      assertTrue(full >= 200 - 40 - 11 && full < 200, () -> "queue_full " + full);
      assertEquals(leftOut, count("left_out"));
      assertTrue(written() <= 11, "ten at once, and one an hour");
    }
  }

  /** A new Job every minute is no news. */
  @Test
  void runsOfACronJobAreOneOwner() {
    try (SkipEvents events = slow(100)) {
      for (int minute = 29_000_000; minute < 29_000_100; minute++) {
        events.tell(ofJob("report-" + minute), "shop", "HostNetwork", true, "hostNetwork is true");
      }
      assertEquals(99, count("repeated"));
      events.tell(ofJob("import"), "shop", "HostNetwork", true, "hostNetwork is true");
      assertEquals(99, count("repeated"), "another owner");
    }
  }

  /** Else nobody is told for the hour by which the clock was wrong. */
  @Test
  void aClockThatIsSetBackSilencesNobody() {
    Instant[] now = {Instant.parse("2026-12-01T12:00:00Z")};
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now[0];
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    try (SkipEvents events = new SkipEvents(client, metrics, clock, Duration.ofNanos(1), 100)) {
      events.tell(pod(1), "shop", "HostNetwork", true, "hostNetwork is true");
      events.tell(pod(1), "shop", "HostNetwork", true, "hostNetwork is true");
      assertEquals(1, count("repeated"));
      now[0] = now[0].minus(Duration.ofHours(1));
      events.tell(pod(1), "shop", "HostNetwork", true, "hostNetwork is true");
      assertEquals(1, count("repeated"), "told again");
    }
  }
}
