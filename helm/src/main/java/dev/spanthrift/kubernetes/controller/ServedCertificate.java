package dev.spanthrift.kubernetes.controller;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the port for sidecars, from two files that somebody rotates. Looked at again
 * at most every ten seconds; what cannot be read leaves the last one in use.
 */
public final class ServedCertificate implements Supplier<SslContext> {
  private static final Logger log = LoggerFactory.getLogger(ServedCertificate.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Path chain;
  private final Path key;
  private SslContext context;
  private FileTime made;
  private long lookedNanos;

  /**
   * Reads both files.
   *
   * @param chain certificates, PEM
   * @param key private key, PEM (PKCS#8)
   * @throws IOException when they cannot be used
   */
  public ServedCertificate(Path chain, Path key) throws IOException {
    this.chain = chain;
    this.key = key;
    made = changed();
    context = read();
    lookedNanos = System.nanoTime();
  }

  private FileTime changed() throws IOException {
    FileTime one = Files.getLastModifiedTime(chain);
    FileTime other = Files.getLastModifiedTime(key);
    return one.compareTo(other) > 0 ? one : other;
  }

  private SslContext read() throws IOException {
    try {
      return SslContextBuilder.forServer(chain.toFile(), key.toFile()).build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException(chain + " and " + key + " cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized SslContext get() {
    long now = System.nanoTime();
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      try {
        FileTime latest = changed();
        if (!latest.equals(made)) {
          context = read();
          made = latest;
          log.info("the certificate {} was rotated", chain);
        }
      } catch (IOException e) {
        log.warn("the certificate was not rotated: {}", e.toString());
      }
    }
    return context;
  }
}
