package dev.spanthrift.kubernetes.objects;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** Money for the traces of pods of one namespace. */
@Group(ApiGroup.GROUP)
@Version(ApiGroup.VERSION)
@Plural("samplingbudgets")
public final class SamplingBudget extends CustomResource<BudgetSpec, BudgetStatus>
    implements Namespaced {}
