package dev.spanthrift.agent.config.settings;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the sidecars of a fleet tell each other what they keep; off without a URL. */
public record FleetSettings(
    @Setting(
            "Redis from 6.2 or Valkey from 7.2, such as redis://host:6379, rediss:// with TLS;"
                + " several as host1:port1,host2:port2. Sentinel and Cluster are found out by"
                + " asking. No user and no password here.")
        @Nullable String url,
    @Setting(
            value = "Sidecars with the same name on one engine are one fleet.",
            byDefault = "default")
        String name,
    @Setting(
            "This sidecar's name in the fleet, of its own; the host's name and the process's id if"
                + " absent.")
        @Nullable String pod,
    @Setting(value = "Begin of every key; short, because each trace pays for it.", byDefault = "st")
        String prefix,
    @Setting(value = "Number of the database; a Cluster has only 0.", byDefault = "0") int database,
    @Setting("Name of the master that Sentinel watches; needed only where it watches several.")
        @Nullable String master,
    @Setting("User of the engine's access list; the default one if absent.") @Nullable String user,
    @Setting("File with the password; read again at each connection.") @Nullable Path passwordFile,
    @Setting(
            "Authorities that the engine's certificate must come from, PEM; the JVM's own if"
                + " absent.")
        @Nullable Path authority,
    @Setting("Client certificate chain for mTLS, PEM.") @Nullable Path clientCertificate,
    @Setting("Private key of the client certificate, PEM (PKCS#8).") @Nullable Path clientKey,
    @Setting(
            value =
                "How long a fragment waits, after its own decision, before it asks whether another"
                    + " sidecar keeps its trace.",
            byDefault = "30s")
        Duration askAfter,
    @Setting(
            value =
                "Whether the root's fragment decides on the path of the whole trace, to which all"
                    + " sidecars add theirs: one more operation on the engine for each fragment.",
            byDefault = "true")
        boolean shape,
    @Setting(
            value = "Longest wait for an answer of the engine; then the sidecar goes on alone.",
            byDefault = "200ms")
        Duration timeout,
    @Setting(
            value =
                "How many sidecars to count with while the engine was never reached: each takes its"
                    + " part of the money.",
            byDefault = "10")
        int podsAssumed) {

  public FleetSettings {
    new Checks()
        .that(
            url == null || url.matches("rediss?://[^/@?#\\s]+"),
            "url",
            url != null && url.contains("@") ? "(hidden)" : url,
            "write it as redis://host:port or rediss://host:port; user, passwordFile and database"
                + " are keys of their own")
        .that(!name.isBlank() && name.length() <= 64, "name", name, "1 to 64 characters")
        .that(
            prefix.matches("[A-Za-z0-9._-]{1,32}"),
            "prefix",
            prefix,
            "1 to 32 of A-Z, a-z, 0-9, . _ and -")
        .that(
            pod == null || (!pod.isBlank() && pod.length() <= 128),
            "pod",
            pod,
            "1 to 128 characters")
        .between("database", database, 0, 10_000)
        .between("askAfter", askAfter, Duration.ofSeconds(1), Duration.ofMinutes(5))
        .between("timeout", timeout, Duration.ofMillis(10), Duration.ofSeconds(5))
        .between("podsAssumed", podsAssumed, 1, 100_000)
        .together("clientCertificate", clientCertificate, "clientKey", clientKey)
        .done();
  }

  public boolean enabled() {
    return url != null;
  }
}
