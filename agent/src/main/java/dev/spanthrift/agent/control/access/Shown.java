package dev.spanthrift.agent.control.access;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What somebody shows.
 *
 * @param authorization the header
 * @param certificate that the client proved to have, by TLS
 */
public record Shown(
    InetAddress peer, @Nullable String authorization, @Nullable X509Certificate certificate) {}
