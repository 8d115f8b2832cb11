package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.sampler.policy.document.PolicyProblem;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Conditions of a status; the time of one stays while its answer does. */
final class Conditions {
  static final String ACCEPTED = "Accepted";
  static final String IN_FORCE = "InForce";
  private static final int MESSAGE_MAX = 4_000; // a status is no log
  private static final int PROBLEMS_MAX = 20;

  private final @Nullable List<Condition> before;
  private final @Nullable Long generation;
  private final Instant now;
  private final List<Condition> all = new ArrayList<>();

  Conditions(@Nullable List<Condition> before, @Nullable Long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now;
  }

  /** Whether the object can be used, with pointers into it. */
  Conditions accepted(List<PolicyProblem> problems, boolean goesOn) {
    if (problems.isEmpty()) {
      return add(ACCEPTED, true, "Valid", "");
    }
    String words =
        problems.stream()
            .limit(PROBLEMS_MAX)
            .map(Conditions::words)
            .collect(Collectors.joining("; "));
    return add(
        ACCEPTED,
        false,
        "Invalid",
        words + (goesOn ? "; what was in force before goes on" : "; no sidecar gets any of it"));
  }

  private static String words(PolicyProblem problem) {
    String right = problem.suggestion().isEmpty() ? "" : " (" + problem.suggestion() + ")";
    return problem.pointer() + ": " + problem.detail() + right;
  }

  /** How far it has come. */
  Conditions inForce(boolean is, String reason, String message) {
    return add(IN_FORCE, is, reason, message);
  }

  private Conditions add(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    String shown = message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) : message;
    String since = now.truncatedTo(ChronoUnit.SECONDS).toString();
    if (before != null) {
      for (Condition old : before) {
        if (type.equals(old.getType()) && status.equals(old.getStatus())) {
          since = old.getLastTransitionTime();
        }
      }
    }
    all.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(shown)
            .withLastTransitionTime(since)
            .withObservedGeneration(generation)
            .build());
    return this;
  }

  List<Condition> list() {
    return List.copyOf(all);
  }
}
