package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;

/**
 * One content of an object that was found good.
 *
 * @param hash of its text with sorted keys
 */
record Variant<S>(long generation, String hash, String text, S spec) {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  static Variant<PolicySpec> of(PolicySpec spec, long generation) {
    return made(spec.withoutRollout(), generation);
  }

  static Variant<BudgetSpec> of(BudgetSpec spec, long generation) {
    return made(spec, generation);
  }

  private static <S> Variant<S> made(S spec, long generation) {
    String text =
        BodyFormat.canonical(
            BodyFormat.JSON.read(JSON.asJson(spec).getBytes(StandardCharsets.UTF_8)));
    String hash =
        BodyFormat.hash(BodyFormat.JSON.read(text.getBytes(StandardCharsets.UTF_8)));
    return new Variant<>(generation, hash, text, spec);
  }

  /** Reads what stands in a status. */
  static Variant<PolicySpec> ofPolicy(PolicyStatus.Applied applied) {
    return new Variant<>(
        applied.generation(),
        applied.hash(),
        applied.spec(),
        JSON.unmarshal(applied.spec(), PolicySpec.class));
  }

  static Variant<BudgetSpec> ofBudget(PolicyStatus.Applied applied) {
    return new Variant<>(
        applied.generation(),
        applied.hash(),
        applied.spec(),
        JSON.unmarshal(applied.spec(), BudgetSpec.class));
  }

  PolicyStatus.Applied applied() {
    return new PolicyStatus.Applied(generation, hash, text);
  }
}
