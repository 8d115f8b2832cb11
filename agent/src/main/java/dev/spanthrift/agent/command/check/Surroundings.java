package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.receive.loop.Listening;
import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.exporter.ZstdLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a correct configuration still needs from the machine: files, ports, backends. */
public final class Surroundings {
  public static final String NO_DESTINATION =
      "no destination: set OTEL_EXPORTER_OTLP_ENDPOINT, for example http://collector:4318,"
          + " or destinations in the file";

  private static final Duration CERTIFICATE_WARNING = Duration.ofDays(14);

  private final SpanthriftSettings settings;
  private final Map<String, String> environment;

  public Surroundings(SpanthriftSettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(
        port(
            "OTLP/gRPC port",
            settings.listen().grpc().host(),
            settings.listen().grpc().port(),
            "SPANTHRIFT_LISTEN_GRPC_PORT"));
    checks.add(
        port(
            "OTLP/HTTP port",
            settings.listen().http().host(),
            settings.listen().http().port(),
            "SPANTHRIFT_LISTEN_HTTP_PORT"));
    checks.add(
        port(
            "admin port",
            settings.admin().host(),
            settings.admin().port(),
            "SPANTHRIFT_ADMIN_PORT"));
    checks.addAll(files());
    for (DestinationSettings destination : settings.destinations()) {
      checks.addAll(Reach.of(destination, environment));
    }
    return checks;
  }

  /** What can be said without a port, a destination or an engine: of elsewhere, another machine. */
  List<Check> files() {
    List<Check> checks = new ArrayList<>();
    checks.addAll(mayBeAbsent());
    ZstdLibrary.refusal().ifPresent(words -> checks.add(Check.warning("zstd", words)));
    addFile(checks, "listen.tls.key", settings.listen().tls().key());
    addCertificate(checks, "listen.tls.certificate", settings.listen().tls().certificate());
    addCertificate(checks, "listen.tls.clientAuthority", settings.listen().tls().clientAuthority());
    if (settings.destinations().isEmpty()) {
      checks.add(new Check("destinations", false, NO_DESTINATION));
    }
    return checks;
  }

  /** Without these the program runs, but forgets or refuses something. */
  public List<Check> mayBeAbsent() {
    List<Check> checks = new ArrayList<>();
    checks.add(stateDir(settings.stateDir()));
    addSecret(checks, "admin.tokenFile", settings.admin().tokenFile());
    return checks;
  }

  private static Check port(String name, String host, int port, String variable) {
    String what = name + " " + host + ":" + port;
    if (port == 0) {
      return new Check(what, true, "any free one");
    }
    for (String address : Listening.addresses(host)) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      } catch (IOException e) {
        String at = Listening.beforePort(address);
        return new Check(what, false, NetworkWords.ofPort(e, at, port, variable));
      }
    }
    return new Check(what, true, "free");
  }

  private static Check stateDir(Path folder) {
    Path existing = folder.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    boolean writable =
        existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
    return new Check(
        "stateDir " + folder,
        writable,
        writable
            ? "writable"
            : existing + " is not a writable folder; set SPANTHRIFT_STATE_DIR to one");
  }

  private static void addFile(List<Check> checks, String key, @Nullable Path file) {
    if (file != null) {
      String refusal = InputFile.refusal(file);
      checks.add(
          new Check(
              key, refusal == null, file + (refusal == null ? " is readable" : ": " + refusal)));
    }
  }

  private static void addSecret(List<Check> checks, String key, @Nullable Path file) {
    try {
      if (file != null && InputFile.refusal(file) == null && InputFile.secret(file).isEmpty()) {
        checks.add(new Check(key, false, file + " holds no usable token; write one line into it"));
        return;
      }
    } catch (IOException e) {
      checks.add(new Check(key, false, file + ": " + InputFile.reason(e)));
      return;
    }
    addFile(checks, key, file);
  }

  private static void addCertificate(List<Check> checks, String key, @Nullable Path file) {
    if (file == null) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Instant end = certificate.getNotAfter().toInstant();
      Instant now = Instant.now();
      boolean valid = end.isAfter(now);
      boolean soon = valid && end.isBefore(now.plus(CERTIFICATE_WARNING));
      checks.add(
          new Check(
              key, valid, file + (valid ? " ends " : " ended ") + end + (soon ? ", soon" : "")));
    } catch (IOException | CertificateException e) {
      checks.add(new Check(key, false, file + " is no readable PEM certificate"));
    }
  }
}
