package dev.spanthrift.kubernetes.audit;

import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SkipReason;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks at the pods that run: fail-open injection is silent, so somebody has to count who came to
 * be without a sidecar. Pods are read in pages and not kept.
 */
public final class PodAuditor {
  /** The injector would inject it now: it is older than the label, or the injector was away. */
  static final String RESTART_NEEDED = "restart-needed";

  private static final long PAGE = 500;
  private static final int EXAMPLES_MAX = 5;
  private static final int NAMESPACES_MAX = 500;
  private static final String OTHERS = "(others)";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final KubernetesClient client;
  private final PodInjector injector;
  private final Function<String, @Nullable PodNamespace> namespaces;
  private final Supplier<Predicate<PodNamespace>> reach;
  private final SkipEvents events;
  private volatile Report last = new Report(null, 0, 0, Map.of());

  /**
   * One look at all pods.
   *
   * @param at null before the first
   * @param withSidecar how many have one
   * @param looked how many run at all
   * @param lacking by namespace, by reason
   */
  public record Report(
      @Nullable Instant at, int looked, int withSidecar, Map<String, Map<String, Lack>> lacking) {

    /** How many pods lack one for a reason. */
    public int lacking(String reason) {
      return lacking.values().stream()
          .mapToInt(reasons -> reasons.containsKey(reason) ? reasons.get(reason).pods() : 0)
          .sum();
    }
  }

  /** Pods without a sidecar for one reason, and the names of some. */
  public record Lack(int pods, String words, List<String> examples) {
    public Lack {
      examples = List.copyOf(examples);
    }

    private Lack and(String pod) {
      List<String> more = new ArrayList<>(examples);
      if (more.size() < EXAMPLES_MAX) {
        more.add(pod);
      }
      return new Lack(pods + 1, words, more);
    }
  }

  /**
   * Has not looked yet.
   *
   * @param reach asked at each look: of which namespaces the injector is shown the pods
   */
  public PodAuditor(
      KubernetesClient client,
      PodInjector injector,
      Function<String, @Nullable PodNamespace> namespaces,
      Supplier<Predicate<PodNamespace>> reach,
      SkipEvents events) {
    this.client = client;
    this.injector = injector;
    this.namespaces = namespaces;
    this.reach = reach;
    this.events = events;
  }

  /** Every reason that a pod may lack a sidecar for. */
  public static List<String> reasons() {
    List<String> reasons = new ArrayList<>(List.of(RESTART_NEEDED));
    for (SkipReason reason : SkipReason.values()) {
      if (reason.isLack()) {
        reasons.add(reason.word());
      }
    }
    return reasons;
  }

  public Report last() {
    return last;
  }

  /** Looks at all pods of the cluster. */
  public Report look(Instant now) {
    Counting counting = new Counting(reach.get());
    String next = null;
    do {
      PodList page =
          client
              .pods()
              .inAnyNamespace()
              .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().forEach(counting::add);
      next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    Report report = new Report(now, counting.looked, counting.withSidecar, counting.lacking);
    last = report;
    return report;
  }

  /** What one look has seen so far. */
  private final class Counting {
    private final Predicate<PodNamespace> reached;
    private int looked;
    private int withSidecar;
    private final Map<String, Map<String, Lack>> lacking = new TreeMap<>();

    Counting(Predicate<PodNamespace> reached) {
      this.reached = reached;
    }

    void add(Pod pod) {
      String phase = pod.getStatus() == null ? "" : String.valueOf(pod.getStatus().getPhase());
      boolean over = phase.equals("Succeeded") || phase.equals("Failed");
      String space = String.valueOf(pod.getMetadata().getNamespace());
      PodNamespace namespace = namespaces.apply(space);
      if (over || pod.getMetadata().getDeletionTimestamp() != null || namespace == null) {
        return;
      }
      looked++;
      if (!reached.test(namespace)) {
        return; // excluded by whoever installed it
      }
      JsonNode tree = JSON.valueToTree(pod);
      switch (injector.inject(tree, namespace)) {
        case Injection.Injected would ->
            lack(
                tree,
                space,
                RESTART_NEEDED,
                "RestartNeeded",
                "it is older than the label, or was made while the injector was away: restart its"
                    + " workload");
        case Injection.Skipped(SkipReason reason, String words) -> {
          if (reason == SkipReason.ALREADY_INJECTED) {
            withSidecar++;
          } else if (reason.isLack()) {
            lack(tree, space, reason.word(), reason.eventWord(), words);
          }
        }
      }
    }

    private void lack(JsonNode pod, String space, String reason, String event, String words) {
      boolean full = lacking.size() >= NAMESPACES_MAX && !lacking.containsKey(space);
      String name = pod.path("metadata").path("name").asString("");
      Map<String, Lack> reasons =
          lacking.computeIfAbsent(full ? OTHERS : space, key -> new LinkedHashMap<>());
      reasons.put(reason, reasons.getOrDefault(reason, new Lack(0, words, List.of())).and(name));
      events.audited(pod, space, event, words);
    }
  }

  /** The last report as JSON. */
  public String json() {
    Report report = last;
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("at", report.at() == null ? null : report.at().toString());
    root.put("pods", report.looked()).put("withSidecar", report.withSidecar());
    ObjectNode lacking = root.putObject("withoutSidecar");
    report
        .lacking()
        .forEach(
            (namespace, reasons) -> {
              ObjectNode of = lacking.putObject(namespace);
              reasons.forEach(
                  (reason, lack) -> {
                    ObjectNode one = of.putObject(reason);
                    one.put("pods", lack.pods()).put("words", lack.words());
                    lack.examples().forEach(one.putArray("examples")::add);
                  });
            });
    return root.toString() + "\n";
  }
}
