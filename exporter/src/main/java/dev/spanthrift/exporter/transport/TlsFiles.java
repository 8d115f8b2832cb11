package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Tls;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PEM files of one destination in the hands of grpc's managers, which get them again when they
 * have changed.
 *
 * <p>No timer: senders ask before they send, and at most once a second the files' times are looked
 * at, so that the next handshake knows. Files that have become unreadable or wrong leave the last
 * good ones in place: a renewal is often two writes.
 */
final class TlsFiles {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
  private static final long LOOK_NANOS = 1_000_000_000L;

  private interface Reader {
    void read() throws IOException, GeneralSecurityException;
  }

  /** Files that are read together. */
  private static final class Watched {
    final List<Path> files;
    final Reader reader;
    List<FileTime> seen = List.of();

    Watched(List<Path> files, Reader reader) {
      this.files = files;
      this.reader = reader;
    }

    /** Whether they had changed. */
    boolean read() throws IOException, GeneralSecurityException {
      List<FileTime> now = new ArrayList<>();
      for (Path file : files) {
        now.add(Files.getLastModifiedTime(file));
      }
      if (now.equals(seen)) {
        return false;
      }
      seen = now;
      reader.read();
      return true;
    }
  }

  private final List<Watched> watched = new ArrayList<>();
  private final @Nullable AdvancedTlsX509KeyManager keys;
  private final @Nullable AdvancedTlsX509TrustManager trust;
  private long lookedNanos = System.nanoTime();

  /** Reads nothing where no connection is secured. */
  static TlsFiles of(ExportSettings settings) {
    return new TlsFiles(Endpoints.anySecure(settings) ? settings.tls() : Tls.DEFAULT);
  }

  /**
   * Reads for the first time.
   *
   * @throws IllegalArgumentException when a file cannot be used
   */
  TlsFiles(Tls tls) {
    Path certificate = tls.certificate();
    Path key = tls.key();
    Path authority = tls.authority();
    keys = certificate == null || key == null ? null : keys(certificate, key);
    trust = authority == null ? null : trust(authority);
  }

  private AdvancedTlsX509KeyManager keys(Path certificate, Path key) {
    AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
    first(
        "clientCertificate and clientKey",
        "readable PEM files, the key as PKCS#8 without password, such as 'openssl pkcs8 -topk8"
            + " -nocrypt' makes it",
        new Watched(
            List.of(certificate, key),
            () -> manager.updateIdentityCredentials(certificate.toFile(), key.toFile())));
    return manager;
  }

  private AdvancedTlsX509TrustManager trust(Path authority) {
    AdvancedTlsX509TrustManager manager;
    try {
      manager = AdvancedTlsX509TrustManager.newBuilder().build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no X.509 trust manager", e);
    }
    first(
        "authority",
        "a readable PEM file with certificates",
        new Watched(List.of(authority), () -> read(manager, authority)));
    return manager;
  }

  private static void read(AdvancedTlsX509TrustManager manager, Path authority)
      throws IOException, GeneralSecurityException {
    if (!Files.readString(authority).contains("BEGIN CERTIFICATE")) {
      throw new IOException("no certificate in it"); // the manager would then trust nobody
    }
    manager.updateTrustCredentials(authority.toFile());
  }

  private void first(String key, String right, Watched files) {
    try {
      files.read();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      IllegalArgumentException bad =
          ExportSettings.bad(key, files.files, right + " (" + why(e) + ")");
      bad.initCause(e);
      throw bad;
    }
    watched.add(files);
  }

  /** The text of such an exception about a file is its path alone. */
  private static String why(Exception e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : Objects.requireNonNullElse(e.getMessage(), "cannot be read");
  }

  /** Null where we show no certificate. */
  @Nullable AdvancedTlsX509KeyManager keys() {
    return keys;
  }

  /** Null where the JVM's roots are trusted. */
  @Nullable AdvancedTlsX509TrustManager trust() {
    return trust;
  }

  /** Reads again what has changed. */
  void refresh() {
    if (!watched.isEmpty()) {
      lookAgain();
    }
  }

  private synchronized void lookAgain() {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = now;
    for (Watched files : watched) {
      try {
        if (files.read()) {
          log.info("read {} again", files.files);
        }
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        log.warn("cannot read {} again, the former content stays in use: {}", files.files, why(e));
      }
    }
  }
}
