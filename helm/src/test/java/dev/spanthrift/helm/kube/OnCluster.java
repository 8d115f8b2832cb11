package dev.spanthrift.helm.kube;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Needs the API server that {@code KUBECONFIG} names, and has it for itself: webhooks and kinds are
 * of the whole cluster, so that one class would see another one's.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kube")
@ResourceLock("the cluster")
@interface OnCluster {}
