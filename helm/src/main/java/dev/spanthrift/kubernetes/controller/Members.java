package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.kubernetes.task.Pause;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the replicas tell each other: each keeps a Lease of its own alive whose annotation says how
 * its sidecars are, and the leader adds them up. No replica has to reach another.
 */
final class Members {
  static final String LABEL = "app.kubernetes.io/component";
  static final String COMPONENT = "spanthrift-controller-member";
  static final String SUMMARY = "spanthrift.dev/summary";
  private static final Logger log = LoggerFactory.getLogger(Members.class);
  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  /** An object's annotations together may have 256 KiB, and others write some too. */
  static final int BYTES_MAX = 200_000;

  /** Figures alone: etcd is no time series. What counts sidecars is said at once. */
  private static final Duration FIGURES = Duration.ofSeconds(10);

  private static final JsonMapper JSON = JsonMapper.shared();

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final String identity;
  private Map<String, List<Integer>> said = Map.of();
  private ZonedDateTime saidAt = Instant.EPOCH.atZone(ZoneOffset.UTC);
  private volatile boolean cut;

  Members(KubernetesClient client, String namespace, String identity) {
    this.client = client;
    this.namespace = namespace;
    this.identity = identity;
    name = "spanthrift-controller-" + identity;
  }

  /** Says how this replica's sidecars are: when their counts changed, else every ten seconds. */
  void publish(FleetSummary own, ZonedDateTime now) {
    Map<String, List<Integer>> counts = new TreeMap<>();
    own.parts()
        .forEach((key, p) -> counts.put(key, List.of(p.matched(), p.running(), p.refused())));
    if (counts.equals(said) && Pause.lasts(saidAt.toInstant(), FIGURES, now.toInstant())) {
      return;
    }
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(LABEL, COMPONENT)
            .addToAnnotations(SUMMARY, text(own))
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(identity)
            .withLeaseDurationSeconds((int) FRESH.toSeconds())
            .withRenewTime(now.withZoneSameInstant(ZoneOffset.UTC))
            .endSpec()
            .build();
    client.leases().inNamespace(namespace).resource(lease).createOr(existing -> existing.update());
    said = counts;
    saidAt = now;
  }

  /** As much as fits, of most sidecars first, and whether that was all. */
  private String text(FleetSummary own) {
    String text = JSON.writeValueAsString(own);
    boolean isCut = false;
    for (int entries = Math.max(own.parts().size(), own.namespaces().size());
        text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX;
        entries = entries * 3 / 4) {
      isCut = true;
      text =
          JSON.writeValueAsString(
              new FleetSummary(
                  own.sidecars(),
                  largest(own.parts(), FleetSummary.Part::matched, entries),
                  largest(own.namespaces(), FleetSummary.NamespaceFigures::sidecars, entries),
                  true));
    }
    if (isCut != cut) {
      log.warn(
          isCut
              ? "the summary for the other replicas is cut: more than {} bytes; budgets get no"
                  + " fewer parts and rollouts wait meanwhile"
              : "the summary for the other replicas is whole again, at most {} bytes",
          BYTES_MAX);
    }
    cut = isCut;
    return text;
  }

  /** Whether the last summary was cut. */
  boolean isCut() {
    return cut;
  }

  private static <V> Map<String, V> largest(
      Map<String, V> all, ToIntFunction<V> size, int entries) {
    return all.entrySet().stream()
        .sorted(Comparator.comparing(e -> -size.applyAsInt(e.getValue())))
        .limit(entries)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /**
   * What the other replicas said lately; leases that nobody has renewed for an hour are removed.
   */
  FleetSummary others(ZonedDateTime now) {
    FleetSummary sum = FleetSummary.NONE;
    for (Lease lease :
        client.leases().inNamespace(namespace).withLabel(LABEL, COMPONENT).list().getItems()) {
      ZonedDateTime renewed = lease.getSpec() == null ? null : lease.getSpec().getRenewTime();
      if (lease.getMetadata().getName().equals(name) || renewed == null) {
        continue;
      }
      Duration age = Duration.between(renewed, now);
      if (age.compareTo(FORGOTTEN) > 0) {
        client.resource(lease).delete();
      } else if (age.compareTo(FRESH) <= 0) {
        sum = sum.plus(summary(lease));
      }
    }
    return sum;
  }

  private static FleetSummary summary(Lease lease) {
    Map<String, String> annotations = lease.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(SUMMARY);
    if (text == null) {
      return FleetSummary.NONE;
    }
    try {
      return JSON.readValue(text, FleetSummary.class);
    } catch (JacksonException e) {
      log.warn("the summary of {} cannot be read: {}", lease.getMetadata().getName(), e.toString());
      return FleetSummary.NONE;
    }
  }

  /** Goes, so that nobody counts on this replica's sidecars any longer. */
  void leave() {
    try {
      client.leases().inNamespace(namespace).withName(name).delete();
    } catch (KubernetesClientException e) {
      log.warn("lease {} stays until somebody removes it: {}", name, e.getMessage());
    }
  }
}
