package dev.spanthrift.kubernetes.objects;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** Rules for pods of all namespaces, or of some; asked before those of the namespace. */
@Group(ApiGroup.GROUP)
@Version(ApiGroup.VERSION)
@Plural("clustersamplingpolicies")
public final class ClusterSamplingPolicy extends CustomResource<PolicySpec, PolicyStatus> {}
