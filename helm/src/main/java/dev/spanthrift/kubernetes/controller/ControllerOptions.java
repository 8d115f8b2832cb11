package dev.spanthrift.kubernetes.controller;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a controller runs.
 *
 * @param namespace of its Leases
 * @param identity of this replica, unique among them: the pod's name
 * @param audience that sidecars' tokens must be made for
 * @param address where sidecars are served
 * @param tls asked for each connection; null: without
 * @param sidecarsMax streams at a time
 */
public record ControllerOptions(
    String namespace,
    String identity,
    String audience,
    InetSocketAddress address,
    @Nullable Supplier<SslContext> tls,
    int sidecarsMax) {}
