package dev.spanthrift.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Money for one period; the keys mean what they mean under {@code budgets} of the settings.
 *
 * @param selector of pods; none: all of the namespace
 * @param mode {@link PolicySpec#ENFORCE}, or {@link PolicySpec#SHADOW}, which is meant where nothing
 *     is said: not sent to any sidecar
 * @param amount of money
 * @param share {@code split}: the amount is for all matching pods together, in equal parts; {@code
 *     each}: for every one of them; split if absent
 * @param period {@code day} or {@code month}; month if absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record BudgetSpec(
    @Nullable LabelSelector selector,
    @Nullable String mode,
    BigDecimal amount,
    @Nullable String currency,
    @Nullable String share,
    @Nullable String period,
    @Nullable String zone,
    @Nullable Integer firstDay,
    @Nullable Double keepMin,
    @Nullable Double keepMax,
    @Nullable BigDecimal hourlyMin,
    @Nullable BigDecimal hourlyMax,
    @Nullable Double policyShareMax,
    @Nullable Boolean hard) {
  public static final String SPLIT = "split";
  public static final String EACH = "each";

  @JsonIgnore
  public boolean isEnforced() {
    return PolicySpec.ENFORCE.equals(mode);
  }

  @JsonIgnore
  public boolean isSplit() {
    return !EACH.equals(share);
  }
}
