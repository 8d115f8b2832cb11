package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.admin.ProgramMetrics;
import dev.spanthrift.kubernetes.injection.SkipReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What the injector counts; every series is there from the start, so that a rate has a zero. */
public final class InjectorMetrics {
  private static final String REFUSALS = "requests.refused";
  private static final String REFUSALS_ARE = "Requests that got no review as an answer";

  /** Why a request got no review as an answer. */
  public enum Refusal {
    MALFORMED,
    TOO_LARGE,
    TOO_SLOW,
    TOO_MANY_CONNECTIONS,
    MUTE_CONNECTION,
    NOT_FOUND;

    /** Of connections, which the port counts itself. */
    boolean isOfConnections() {
      return this == TOO_MANY_CONNECTIONS || this == MUTE_CONNECTION;
    }
  }

  /** What became of an Event. */
  public enum EventFate {
    SENT,
    FAILED,
    /** The webhook's, and nobody says it later. */
    QUEUE_FULL,
    REPEATED,
    /** The audit's: there was no room, and its next look says it again. */
    POSTPONED,
    /** About pods that no sidecar was asked for: they leave the queue to those that lack one. */
    LEFT_OUT
  }

  /** What became of the wish to ask the API server for a namespace while a pod waits. */
  public enum NamespaceRead {
    READ,
    FAILED,
    /** It was asked for a moment ago, or many others were. */
    SPARED
  }

  private final ProgramMetrics metrics = new ProgramMetrics("injector");
  private final Timer reviewTime =
      metrics.timer("review.time", "Time from a review's head to its answer");

  public InjectorMetrics() {
    reviews("injected", "none");
    reviews("failed", "none");
    for (SkipReason reason : SkipReason.values()) {
      reviews("skipped", reason.word());
    }
    for (Refusal refusal : Refusal.values()) {
      if (!refusal.isOfConnections()) {
        refusals(refusal);
      }
    }
    for (EventFate fate : EventFate.values()) {
      events(fate);
    }
    for (NamespaceRead outcome : NamespaceRead.values()) {
      namespaceReads(outcome);
    }
  }

  private Counter reviews(String outcome, String reason) {
    return metrics.counter(
        "reviews",
        "Reviews answered, by what became of the pod",
        "outcome",
        outcome,
        "reason",
        reason);
  }

  private Counter refusals(Refusal refusal) {
    return metrics.counter(REFUSALS, REFUSALS_ARE, "reason", word(refusal));
  }

  private Counter events(EventFate fate) {
    return metrics.counter(
        "events",
        "Events about pods without a sidecar, by what became of them",
        "fate",
        word(fate));
  }

  private Counter namespaceReads(NamespaceRead outcome) {
    return metrics.counter(
        "namespace.reads",
        "Namespaces asked for because a pod came that the watched ones do not account for",
        "outcome",
        word(outcome));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }

  void injected(Duration took) {
    reviews("injected", "none").increment();
    reviewTime.record(took);
  }

  void skipped(SkipReason reason, Duration took) {
    reviews("skipped", reason.word()).increment();
    reviewTime.record(took);
  }

  void failed() {
    reviews("failed", "none").increment();
  }

  void refused(Refusal refusal) {
    refusals(refusal).increment();
  }

  /** Counted elsewhere, since start. */
  void refused(Refusal refusal, LongSupplier count) {
    metrics.counted(REFUSALS, REFUSALS_ARE, count, "reason", word(refusal));
  }

  public void event(EventFate fate) {
    events(fate).increment();
  }

  void namespaceRead(NamespaceRead outcome) {
    namespaceReads(outcome).increment();
  }

  /** Tells the failures of a background task, from zero on. */
  public void task(String task) {
    metrics.counted(
        "task.failures",
        "Background tasks that failed and are run again",
        () -> Guarded.failures().getOrDefault(task, 0L),
        "task",
        task);
  }

  /** All of them, where others are added. */
  public ProgramMetrics program() {
    return metrics;
  }
}
