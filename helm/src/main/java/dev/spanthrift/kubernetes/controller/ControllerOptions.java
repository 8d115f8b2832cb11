package dev.spanthrift.kubernetes.controller;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a controller runs.
 *
 * @param namespace of its Leases
 * @param lease by which one replica leads
 * @param identity of this replica, unique among them: the pod's name
 * @param audience that sidecars' tokens must be made for
 * @param address where sidecars are served
 * @param certificate of that port; null: without TLS
 * @param sidecarsMax streams at a time
 */
public record ControllerOptions(
    String namespace,
    String lease,
    String identity,
    String audience,
    InetSocketAddress address,
    @Nullable CertificateOptions certificate,
    int sidecarsMax) {
  /** Name of the Lease, where nobody says otherwise. */
  public static final String LEASE = "spanthrift-controller";
}
