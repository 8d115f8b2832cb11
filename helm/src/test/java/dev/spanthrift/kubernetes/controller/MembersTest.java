package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.objects.Traffic;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What replicas tell each other, over an API server that keeps objects. */
class MembersTest {
  private static final ZonedDateTime NOON = ZonedDateTime.parse("2026-11-30T12:00:00Z");
  private final MockCluster cluster = new MockCluster();
  private final Members one = new Members(cluster.client, "spanthrift", "one");
  private final Members other = new Members(cluster.client, "spanthrift", "other");

  @AfterEach
  void close() {
    cluster.close();
  }

  private static FleetSummary.Part part(int matched, double spans) {
    return new FleetSummary.Part(matched, matched, 0, spans, 0, 0, 0, Traffic.NONE);
  }

  private static FleetSummary fleet(int matched, double spans) {
    return new FleetSummary(
        matched, Map.of("SamplingPolicy shop/a@1", part(matched, spans)), Map.of(), false);
  }

  private String lease() {
    return cluster
        .client
        .leases()
        .inNamespace("spanthrift")
        .withName("spanthrift-controller-one")
        .get()
        .getMetadata()
        .getAnnotations()
        .get(Members.SUMMARY);
  }

  @Test
  void aSummaryThatIsTooLongIsCutAndSaysSo() {
    Map<String, FleetSummary.Part> many = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      many.put("SamplingPolicy " + "n".repeat(63) + "/" + "p".repeat(57) + i + "@" + i, part(i, 1));
    }
    one.publish(new FleetSummary(5, many, Map.of(), false), NOON);
    assertTrue(one.isCut());
    int bytes = lease().getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes <= Members.BYTES_MAX && bytes > Members.BYTES_MAX / 2, bytes + " bytes");
    FleetSummary read = other.others(NOON);
    assertTrue(read.cut());
    assertEquals(5, read.sidecars());
    assertTrue(read.parts().keySet().stream().anyMatch(key -> key.endsWith("@2999")), "largest");
    one.publish(fleet(1, 1), NOON.plusSeconds(10));
    assertFalse(one.isCut());
    assertFalse(other.others(NOON.plusSeconds(10)).cut());
  }

  @Test
  void countsAreSaidAtOnceAndFiguresEveryTenSeconds() {
    one.publish(fleet(1, 1), NOON);
    one.publish(fleet(1, 2), NOON.plusSeconds(5));
    assertEquals(1, other.others(NOON).part("SamplingPolicy shop/a@1").spansPerSecond());
    one.publish(fleet(2, 3), NOON.plusSeconds(6));
    assertEquals(2, other.others(NOON).part("SamplingPolicy shop/a@1").matched());
    one.publish(fleet(2, 4), NOON.plusSeconds(16));
    assertEquals(4, other.others(NOON).part("SamplingPolicy shop/a@1").spansPerSecond());
  }
}
