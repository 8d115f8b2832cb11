package dev.spanthrift.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a policy object; written by the controller that holds the Lease.
 *
 * @param observedGeneration of the spec that this tells of
 * @param hash of what all pods get, or will get when the rollout has ended
 * @param sidecars that run this hash now
 * @param matched sidecars that are to run it
 * @param applied what is in force where nothing newer is
 * @param rollout the last one; null when there was none
 * @param traffic of the sidecars that are to run it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PolicyStatus(
    @Nullable Long observedGeneration,
    @Nullable String hash,
    @Nullable Integer sidecars,
    @Nullable Integer matched,
    @Nullable List<Condition> conditions,
    @Nullable Applied applied,
    @Nullable RolloutStatus rollout,
    @Nullable Traffic traffic) {

  /** Nothing was said yet. */
  public static final PolicyStatus NONE =
      new PolicyStatus(null, null, null, null, null, null, null, null);

  /**
   * The last spec that could be used and has reached everybody: a broken change or a stopped
   * rollout leaves it in force, whoever serves.
   *
   * @param spec as JSON, without its rollout
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Applied(long generation, String hash, String spec) {}

  /**
   * How far a change has come.
   *
   * @param hash of what is rolled out
   * @param phase {@code Progressing}, {@code Completed} or {@code Stopped}
   * @param step from 1
   * @param percent of the pods that have it
   * @param since when this step began, RFC 3339
   * @param sidecars that run it
   * @param reason in words
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RolloutStatus(
      String hash,
      String phase,
      int step,
      int percent,
      String since,
      int sidecars,
      @Nullable String reason) {
    public static final String PROGRESSING = "Progressing";
    public static final String COMPLETED = "Completed";
    public static final String STOPPED = "Stopped";
  }
}
