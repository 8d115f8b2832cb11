package dev.spanthrift.kubernetes.certificate;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The authorities of a moment. A new one is announced before it signs, and the old one is believed
 * for a while after it has signed last: at no moment does a replica show a certificate that its
 * callers do not believe.
 *
 * @param current signs servers' certificates
 * @param next announced, does not sign yet
 * @param previous certificate of the one before, believed still
 * @param since when next was announced, or else current began to sign
 */
public record Keyring(
    KeyPairPem current, @Nullable KeyPairPem next, @Nullable String previous, Instant since) {

  /**
   * How long authorities last.
   *
   * @param lifetime of one; a new one is announced after two thirds of it
   * @param overlap between announcing and signing, and again until the old one is forgotten
   */
  public record Times(Duration lifetime, Duration overlap) {
    /** A quarter of a year, an hour. */
    public static final Times DEFAULT = new Times(Duration.ofDays(90), Duration.ofHours(1));

    private Instant renewal(KeyPairPem authority) {
      return authority.expiry().minus(lifetime.dividedBy(3));
    }
  }

  private static final String NAME = "spanthrift-ca";

  static Keyring first(Instant now, Times times) {
    return new Keyring(KeyPairPem.authority(NAME, now, times.lifetime()), null, null, now);
  }

  /** What it becomes at a moment; itself while nothing is due. */
  Keyring at(Instant now, Times times) {
    if (!now.isBefore(current.expiry())) {
      return first(now, times); // nobody was there for long: what it signed is worth nothing
    }
    boolean settled = !now.isBefore(since.plus(times.overlap()));
    if (next != null) {
      return settled ? new Keyring(next, null, current.certificate(), now) : this;
    }
    if (previous != null) {
      return settled ? new Keyring(current, null, null, since) : this;
    }
    if (!now.isBefore(times.renewal(current))) {
      KeyPairPem announced = KeyPairPem.authority(NAME, now, times.lifetime());
      return new Keyring(current, announced, null, now);
    }
    return this;
  }

  /** What callers have to believe. */
  public String bundle() {
    StringBuilder bundle = new StringBuilder(current.certificate());
    if (next != null) {
      bundle.append(next.certificate());
    }
    if (previous != null) {
      bundle.append(previous);
    }
    return bundle.toString();
  }

  @Override
  public String toString() {
    return "authority " + current + (next == null ? "" : ", next one announced");
  }
}
