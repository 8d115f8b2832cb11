package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.BudgetStatus;
import dev.spanthrift.kubernetes.objects.ClusterSamplingPolicy;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.kubernetes.task.ProgramTask;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All objects anew, whenever something has changed: each through {@link Reconciler}, then the book
 * of what sidecars are to run, and the statuses that are due. Used by one thread.
 */
final class Reconciliation {
  /** One object whose failure is counted; the others go on. */
  static final String OBJECT = "controller object";

  private final ObjectWatches there;
  private final StatusWriter statuses;
  private final Reconciler reconciler;
  private final BundleCheck check = new BundleCheck();
  private final Map<String, Known.Policy> servedPolicies = new HashMap<>(); // by uid
  private final Map<String, Known.Money> servedBudgets = new HashMap<>();

  Reconciliation(ObjectWatches there, StatusWriter statuses, Reconciler reconciler) {
    this.there = there;
    this.statuses = statuses;
    this.reconciler = reconciler;
  }

  /**
   * What one look came to.
   *
   * @param writes statuses to be written once sidecars know
   * @param invalid policies and budgets that cannot be used, as far as this replica leads
   * @param behind sidecars that match a policy or budget and do not run it, likewise
   * @param refused sidecars that said that they cannot use it, likewise
   */
  record Outcome(Book book, List<Runnable> writes, int invalid, long behind, long refused) {
    static final Outcome NONE = new Outcome(Book.EMPTY, List.of(), 0, 0, 0);
  }

  /**
   * Looks.
   *
   * @param fleet null on a replica that only serves
   */
  Outcome look(@Nullable FleetSummary fleet, Instant now) {
    return new Look(fleet, now).all();
  }

  /** How often what a status says was applied could not be read; asked by any thread. */
  long unreadable() {
    return reconciler.unreadable();
  }

  private final class Look {
    private final @Nullable FleetSummary fleet;
    private final Instant now;
    private final Set<String> uids = new HashSet<>();
    private final List<Runnable> writes = new ArrayList<>();
    private int invalid;

    Look(@Nullable FleetSummary fleet, Instant now) {
      this.fleet = fleet;
      this.now = now;
    }

    Outcome all() {
      List<Known.Policy> cluster = new ArrayList<>();
      for (ClusterSamplingPolicy object : there.clusterPolicies()) {
        policy(object, ClusterSamplingPolicy.class, cluster);
      }
      Map<String, List<Known.Policy>> namespaced = new HashMap<>();
      for (SamplingPolicy object : there.policies()) {
        policy(object, SamplingPolicy.class, of(namespaced, object));
      }
      Map<String, List<Known.Money>> money = new HashMap<>();
      for (SamplingBudget object : there.budgets()) {
        budget(object, of(money, object));
      }
      reconciler.retain(uids);
      servedPolicies.keySet().retainAll(uids);
      servedBudgets.keySet().retainAll(uids);
      statuses.retain(uids);
      return new Outcome(
          new Book(cluster, namespaced, money, labels(), check),
          writes,
          invalid,
          sum(part -> part.matched() - part.running()),
          sum(FleetSummary.Part::refused));
    }

    private static <K> List<K> of(Map<String, List<K>> spaces, HasMetadata object) {
      return spaces.computeIfAbsent(object.getMetadata().getNamespace(), ns -> new ArrayList<>());
    }

    private Map<String, Map<String, String>> labels() {
      Map<String, Map<String, String>> labels = new HashMap<>();
      for (Namespace namespace : there.namespaces()) {
        labels.put(
            namespace.getMetadata().getName(),
            Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()));
      }
      return labels;
    }

    private long sum(ToLongFunction<FleetSummary.Part> figure) {
      return fleet == null ? 0 : fleet.parts().values().stream().mapToLong(figure).sum();
    }

    private <T extends CustomResource<PolicySpec, PolicyStatus>> void policy(
        T object, Class<T> type, List<Known.Policy> known) {
      String uid = Reconciler.uid(object);
      uids.add(uid);
      guarded(
          object,
          () -> {
            Reconciler.PolicyResult result = reconciler.policy(object, fleet, now);
            servedPolicies.put(uid, result.known());
            if (fleet != null) {
              PolicyStatus before =
                  Objects.requireNonNullElse(object.getStatus(), PolicyStatus.NONE);
              if (statuses.isDue(object, before, result.status(), Reconciler::isNews, now)) {
                later(object, () -> statuses.write(object, type, result.status(), now));
              }
              count(result.status().conditions());
            }
          });
      Known.Policy served = servedPolicies.get(uid);
      if (served != null) {
        known.add(served);
      }
    }

    private void budget(SamplingBudget object, List<Known.Money> known) {
      String uid = Reconciler.uid(object);
      uids.add(uid);
      guarded(
          object,
          () -> {
            Reconciler.BudgetResult result = reconciler.budget(object, fleet, now);
            if (result.known() == null) {
              servedBudgets.remove(uid);
            } else {
              servedBudgets.put(uid, result.known());
            }
            if (fleet != null) {
              BudgetStatus before =
                  Objects.requireNonNullElse(object.getStatus(), BudgetStatus.NONE);
              if (statuses.isDue(object, before, result.status(), Reconciler::isNews, now)) {
                later(
                    object,
                    () -> statuses.write(object, SamplingBudget.class, result.status(), now));
              }
              count(result.status().conditions());
            }
          });
      Known.Money served = servedBudgets.get(uid);
      if (served != null) {
        known.add(served);
      }
    }

    private void later(HasMetadata object, Runnable write) {
      writes.add(() -> guarded(object, write));
    }

    /** Whether an object was found that cannot be used. */
    private void count(@Nullable List<Condition> conditions) {
      if (conditions != null && conditions.getFirst().getStatus().equals("False")) {
        invalid++;
      }
    }
  }

  /** What fails for one object is counted, and what was served of it before goes on. */
  private static void guarded(HasMetadata object, Runnable step) {
    ProgramTask.guarded(
            OBJECT,
            () -> {
              try {
                step.run();
              } catch (RuntimeException e) {
                throw new IllegalStateException(ObjectKey.of(object).toString(), e);
              }
            })
        .run();
  }
}
