package dev.spanthrift.kubernetes.audit;

import dev.spanthrift.kubernetes.injection.PodOwner;
import dev.spanthrift.kubernetes.task.Pause;
import dev.spanthrift.kubernetes.task.Turns;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics.EventFate;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Events on whom a pod belongs to, because a pod under review is not there yet. Never on the
 * webhook's way: a queue, one thread, ten Events a second, and the same words about the same owner
 * once an hour. Whoever may wait or lacks nothing leaves the end of the queue to others.
 */
public final class SkipEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SkipEvents.class);
  private static final int QUEUE = 1_000; // some 3 KB each
  private static final Duration PACE = Duration.ofMillis(100); // as Events of one audit go out
  private static final int BURST = 10;
  private static final int REMEMBERED = 20_000; // some 200 bytes each
  private static final Duration REPEAT = Duration.ofHours(1);
  private static final int MESSAGE_MAX = 1_000;

  private final KubernetesClient client;
  private final InjectorMetrics metrics;
  private final Clock clock;
  private final Map<String, Instant> told = new LinkedHashMap<>();
  private final int queue;
  private final Turns turns;
  private final ThreadPoolExecutor sender;

  public SkipEvents(KubernetesClient client, InjectorMetrics metrics, Clock clock) {
    this(client, metrics, clock, PACE, QUEUE);
  }

  SkipEvents(
      KubernetesClient client, InjectorMetrics metrics, Clock clock, Duration pace, int queue) {
    this.queue = queue;
    turns = new Turns(pace, BURST, System.nanoTime());
    sender =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().daemon().name("spanthrift-events").factory(),
            new ThreadPoolExecutor.AbortPolicy());
    this.client = client;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Tells of one that runs without a sidecar; the next look tells what finds no room now. */
  void audited(JsonNode pod, String namespace, String reason, String words) {
    tell(pod, namespace, reason, true, words, queue * 6 / 10, EventFate.POSTPONED);
  }

  /**
   * Tells of one pod that is about to start.
   *
   * @param reason in the form of Events, such as {@code HostNetwork}
   * @param lack whether a sidecar was asked for
   */
  public void tell(JsonNode pod, String namespace, String reason, boolean lack, String words) {
    if (lack) {
      tell(pod, namespace, reason, true, words, queue, EventFate.QUEUE_FULL);
    } else {
      tell(pod, namespace, reason, false, words, queue / 2, EventFate.LEFT_OUT);
    }
  }

  /**
   * @param room how many may wait before it
   */
  private void tell(
      JsonNode pod,
      String namespace,
      String reason,
      boolean lack,
      String words,
      int room,
      EventFate noRoom) {
    ObjectReference about = about(pod, namespace);
    if (about.getName().isEmpty()) {
      return; // a pod without name and owner: the answer's warning told it
    }
    String key = namespace + "/" + who(pod, about) + "/" + reason;
    if (!isNew(key)) {
      metrics.event(EventFate.REPEATED);
      return;
    }
    if (sender.getQueue().size() >= room) {
      forget(key);
      metrics.event(noRoom);
      return;
    }
    Event event = event(about, namespace, reason, lack, words);
    try {
      sender.execute(() -> send(key, event));
    } catch (java.util.concurrent.RejectedExecutionException e) {
      forget(key);
      metrics.event(noRoom);
    }
  }

  /** It was not told after all: the next look says it again. */
  private synchronized void forget(String key) {
    told.remove(key);
  }

  private synchronized boolean isNew(String what) {
    Instant now = clock.instant();
    Instant last = told.get(what);
    if (last != null && Pause.lasts(last, REPEAT, now)) {
      return false;
    }
    told.remove(what);
    told.put(what, now);
    if (told.size() > REMEMBERED) {
      told.remove(told.keySet().iterator().next());
    }
    return true;
  }

  /** Each run of a CronJob is a new Job, which says nothing new about it. */
  private static String who(JsonNode pod, ObjectReference about) {
    if (about.getKind().equals("Job")) {
      PodOwner owner = PodOwner.of(pod.path("metadata"));
      return owner.attribute() + "/" + owner.name();
    }
    return about.getKind() + "/" + about.getName();
  }

  private static ObjectReference about(JsonNode pod, String namespace) {
    JsonNode metadata = pod.path("metadata");
    for (JsonNode owner : metadata.path("ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        return new ObjectReferenceBuilder()
            .withApiVersion(owner.path("apiVersion").asString(""))
            .withKind(owner.path("kind").asString(""))
            .withName(owner.path("name").asString(""))
            .withUid(owner.path("uid").asString(""))
            .withNamespace(namespace)
            .build();
      }
    }
    return new ObjectReferenceBuilder()
        .withApiVersion("v1")
        .withKind("Pod")
        .withName(metadata.path("name").asString(""))
        .withUid(metadata.path("uid").asString(""))
        .withNamespace(namespace)
        .build();
  }

  private Event event(
      ObjectReference about, String namespace, String reason, boolean lack, String words) {
    String now = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withGenerateName("spanthrift-")
        .endMetadata()
        .withInvolvedObject(about)
        .withType(lack ? "Warning" : "Normal")
        .withReason("NoSidecar" + reason)
        .withMessage(words.substring(0, Math.min(words.length(), MESSAGE_MAX)))
        .withNewSource()
        .withComponent("spanthrift-injector")
        .endSource()
        .withReportingComponent("spanthrift.dev/injector")
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .build();
  }

  private void send(String key, Event event) {
    try {
      TimeUnit.NANOSECONDS.sleep(turns.take(System.nanoTime()));
      client.v1().events().inNamespace(event.getMetadata().getNamespace()).resource(event).create();
      metrics.event(EventFate.SENT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the program ends
    } catch (KubernetesClientException e) {
      forget(key);
      metrics.event(EventFate.FAILED);
      log.warn("an Event could not be written: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    int untold = sender.shutdownNow().size();
    if (untold > 0) {
      log.warn(
          "{} Events about pods without a sidecar waited for their turn and are not told; the audit"
              + " tells of those that still run",
          untold);
    }
  }
}
