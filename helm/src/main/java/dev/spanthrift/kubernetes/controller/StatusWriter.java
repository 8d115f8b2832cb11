package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.task.Pause;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes statuses, and not more often than anybody wants to read them. Used by one thread. */
final class StatusWriter {
  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration COUNTS = Duration.ofSeconds(10);
  private static final Duration TRAFFIC = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final Map<String, Instant> written = new HashMap<>(); // by uid
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  StatusWriter(KubernetesClient client) {
    this.client = client;
  }

  /** News at once, counts every ten seconds, traffic every minute: etcd is no time series. */
  <S> boolean isDue(HasMetadata object, S before, S after, BiPredicate<S, S> isNews, Instant now) {
    if (isNews.test(before, after)) {
      return true;
    }
    Instant last = written.getOrDefault(Reconciler.uid(object), Instant.EPOCH);
    boolean counted =
        before instanceof PolicyStatus one
            && after instanceof PolicyStatus other
            && Objects.equals(one.sidecars(), other.sidecars())
            && Objects.equals(one.matched(), other.matched());
    return !before.equals(after) && !Pause.lasts(last, counted ? TRAFFIC : COUNTS, now);
  }

  /** Writes; what the API server refuses is counted, and tried again with the next look. */
  <S, T, O extends CustomResource<S, T>> void write(
      O object, Class<O> type, T status, Instant now) {
    written.put(Reconciler.uid(object), now);
    try {
      // On a copy: the one in the informer's store is everybody's.
      O copy = client.getKubernetesSerialization().clone(object);
      copy.setStatus(status);
      client.resource(copy).updateStatus();
      writes.incrementAndGet();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        // Somebody was faster; the watch will say what is there now, and that wakes us.
        log.debug("status of {} has changed meanwhile", ObjectKey.of(object));
      } else {
        failures.incrementAndGet();
        log.warn("status of {} cannot be written: {}", ObjectKey.of(object), e.getMessage());
      }
    }
  }

  /** Forgets objects that are gone. */
  void retain(Set<String> uids) {
    written.keySet().retainAll(uids);
  }

  /** Since start; asked by any thread. */
  long writes() {
    return writes.get();
  }

  long failures() {
    return failures.get();
  }
}
