package dev.spanthrift.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants for the pods of a namespace, or of many.
 *
 * @param namespaceSelector only of a ClusterSamplingPolicy; none: every namespace
 * @param selector of pods, by their labels; none: all
 * @param priority the higher is asked first; 0 if absent
 * @param mode {@link #ENFORCE}, or {@link #SHADOW}, which is meant where nothing is said: rules are
 *     counted and not obeyed
 * @param policies as in docs/policies.md
 * @param fallback what no rule of any object matches, likewise
 * @param rollout how a change reaches the pods; none: all at once
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicySpec(
    @Nullable LabelSelector namespaceSelector,
    @Nullable LabelSelector selector,
    @Nullable Integer priority,
    @Nullable String mode,
    @Nullable List<Map<String, Object>> policies,
    @JsonProperty("default") @Nullable Map<String, Object> fallback,
    @Nullable Rollout rollout) {
  public static final String ENFORCE = "enforce";
  public static final String SHADOW = "shadow";

  /**
   * A change reaches a part of the pods, then more.
   *
   * @param steps percent of the pods, rising; all of them come after the last
   * @param bake how long each step is watched
   * @param guard what stops it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Rollout(List<Integer> steps, String bake, @Nullable Guard guard) {
    public Rollout {
      steps = List.copyOf(steps);
    }
  }

  /**
   * What must not happen on the pods that have the change.
   *
   * @param errorShareMax spans that could not be delivered, of all received; 0.05 if absent
   * @param spendFactorMax money of such a sidecar, by that of one without the change; 2 if absent
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Guard(@Nullable Double errorShareMax, @Nullable Double spendFactorMax) {}

  @JsonIgnore
  public boolean isEnforced() {
    return ENFORCE.equals(mode);
  }

  public int priorityOrZero() {
    return priority == null ? 0 : priority;
  }

  /** The same without the way to get there: equal ones need no rollout. */
  public PolicySpec withoutRollout() {
    return new PolicySpec(namespaceSelector, selector, priority, mode, policies, fallback, null);
  }
}
