package dev.spanthrift.kubernetes.objects;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** Rules for pods of one namespace. */
@Group(ApiGroup.GROUP)
@Version(ApiGroup.VERSION)
@Plural("samplingpolicies")
public final class SamplingPolicy extends CustomResource<PolicySpec, PolicyStatus>
    implements Namespaced {}
