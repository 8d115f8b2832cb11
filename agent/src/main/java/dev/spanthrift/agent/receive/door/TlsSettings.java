package dev.spanthrift.agent.receive.door;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The identity of an OTLP port, and whom it lets in.
 *
 * @param certificate PEM chain, own certificate first
 * @param key PEM private key, PKCS#8, not encrypted
 * @param clientAuthorities PEM certificates that must have signed a client's; null lets in all
 */
public record TlsSettings(Path certificate, Path key, @Nullable Path clientAuthorities) {}
