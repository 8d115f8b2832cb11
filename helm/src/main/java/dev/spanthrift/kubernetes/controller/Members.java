package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.stream.FleetSummary;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.Map;
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
  private static final Duration FRESH = Duration.ofSeconds(20);
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  /** An object's annotations together may have 256 KiB. */
  private static final int ENTRIES_MAX = 300;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final String identity;

  Members(KubernetesClient client, String namespace, String identity) {
    this.client = client;
    this.namespace = namespace;
    this.identity = identity;
    name = "spanthrift-controller-" + identity;
  }

  /** Says how this replica's sidecars are. */
  void publish(FleetSummary own, ZonedDateTime now) {
    FleetSummary cut =
        new FleetSummary(
            own.sidecars(),
            largest(own.parts(), FleetSummary.Part::matched),
            largest(own.namespaces(), FleetSummary.NamespaceFigures::sidecars));
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(LABEL, COMPONENT)
            .addToAnnotations(SUMMARY, JSON.writeValueAsString(cut))
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(identity)
            .withLeaseDurationSeconds((int) FRESH.toSeconds())
            .withRenewTime(now.withZoneSameInstant(ZoneOffset.UTC))
            .endSpec()
            .build();
    client.leases().inNamespace(namespace).resource(lease).createOr(existing -> existing.update());
  }

  private static <V> Map<String, V> largest(Map<String, V> all, ToIntFunction<V> size) {
    if (all.size() <= ENTRIES_MAX) {
      return all;
    }
    log.warn("{} of {} entries of the summary are left out", all.size() - ENTRIES_MAX, all.size());
    return all.entrySet().stream()
        .sorted(Comparator.comparing(e -> -size.applyAsInt(e.getValue())))
        .limit(ENTRIES_MAX)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What the other replicas said lately; leases that nobody has renewed for an hour are removed. */
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
