package dev.spanthrift.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a budget object; written by the controller that holds the Lease.
 *
 * @param hash of the spec that is in force
 * @param sidecars that spend from it now
 * @param matched sidecars that are to
 * @param parts into how many parts the amount is divided; 1 where it is for each
 * @param spentByRunning this period, by the sidecars that run now
 * @param applied the last spec that could be used
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BudgetStatus(
    @Nullable Long observedGeneration,
    @Nullable String hash,
    @Nullable Integer sidecars,
    @Nullable Integer matched,
    @Nullable Integer parts,
    @Nullable Double spentByRunning,
    @Nullable List<Condition> conditions,
    PolicyStatus.@Nullable Applied applied) {
  /** Nothing was said yet. */
  public static final BudgetStatus NONE =
      new BudgetStatus(null, null, null, null, null, null, null, null);
}
