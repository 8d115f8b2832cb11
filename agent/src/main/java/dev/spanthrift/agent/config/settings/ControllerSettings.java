package dev.spanthrift.agent.config.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where policy and budgets come from as objects of Kubernetes; off without a URL. */
public record ControllerSettings(
    @Setting(
            "The cluster's controller, such as https://spanthrift-controller.spanthrift.svc:8443;"
                + " policy and budgets of the objects that match this pod then replace the"
                + " configured ones while it runs. http only on loopback.")
        @Nullable URI url,
    @Setting(
            "File with the token that proves which pod this is, of a projected volume with the"
                + " controller's audience; read again at each connection.")
        @Nullable Path tokenFile,
    @Setting(
            "Authorities that the controller's certificate must come from, PEM; read again at each"
                + " connection; the JVM's own if absent.")
        @Nullable Path caFile,
    @Setting(
            "File with this pod's labels, as the Downward API writes metadata.labels; selectors of"
                + " objects ask them.")
        @Nullable Path labelsFile,
    @Setting(
            "What is in force while neither the controller nor a last good copy is there: a policy"
                + " document, or what the controller sends, such as a key of a mounted ConfigMap.")
        @Nullable Path bootstrapFile,
    @Setting(
            value = "Time between two reports to the controller; varied by a tenth.",
            byDefault = "10s")
        Duration reportEvery) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  public ControllerSettings {
    new Checks()
        .that(
            url == null || isUsable(url),
            "url",
            url != null && url.getRawUserInfo() != null ? "(hidden)" : url,
            "write it as https://host:port, without path; http only for localhost, for the token"
                + " must not be read on the way")
        .that(
            url == null || tokenFile != null,
            "tokenFile",
            "",
            "set it together with url: the controller answers nobody that it does not know")
        .that(
            bootstrapFile == null || url != null,
            "bootstrapFile",
            bootstrapFile,
            "set url too, or write the policies into the configuration")
        .between("reportEvery", reportEvery, Duration.ofSeconds(1), Duration.ofMinutes(5))
        .done();
  }

  private static boolean isUsable(URI url) {
    boolean plain = "http".equals(url.getScheme());
    return (plain || "https".equals(url.getScheme()))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
        && url.getRawQuery() == null
        && (!plain || LOOPBACK.contains(url.getHost()));
  }

  public boolean enabled() {
    return url != null;
  }
}
