package dev.spanthrift.agent.control.access;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests by client: a bucket each that fills with time. Belongs to one thread; runs only when
 * asked.
 *
 * <p>The table is bounded: the client that has been quiet longest is forgotten, which gives it a
 * full bucket. A /64 of IPv6 is one client, for whoever has one address there has them all.
 */
public final class RateLimit {
  static final int CLIENTS_MAX = 1024;
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private final Map<Object, Bucket> clients =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Bucket> eldest) {
          return size() > CLIENTS_MAX;
        }
      };

  private static final class Bucket {
    double left;
    long atNanos;
  }

  /**
   * @param perSecond requests for which a bucket fills in a second
   * @param burst requests for which a full one has room
   */
  public RateLimit(double perSecond, double burst) {
    this.perSecond = perSecond;
    this.burst = burst;
  }

  /**
   * Takes from a client's bucket.
   *
   * @return seconds to wait, rounded up; 0: there was enough, and it is taken
   */
  public long take(InetAddress client, double amount, long nowNanos) {
    Bucket bucket = bucket(client, nowNanos);
    if (bucket.left >= amount) {
      bucket.left -= amount;
      return 0;
    }
    return Math.max(1, (long) Math.ceil((amount - bucket.left) / perSecond));
  }

  /** Takes it though there may not be enough: the client waits for it next time. */
  public void charge(InetAddress client, double amount, long nowNanos) {
    Bucket bucket = bucket(client, nowNanos);
    bucket.left = Math.max(-burst, bucket.left - amount);
  }

  private Bucket bucket(InetAddress client, long nowNanos) {
    Bucket bucket = clients.get(key(client));
    if (bucket == null) {
      bucket = new Bucket();
      bucket.left = burst;
      bucket.atNanos = nowNanos;
      clients.put(key(client), bucket);
    }
    bucket.left = Math.min(burst, bucket.left + (nowNanos - bucket.atNanos) / NANOS * perSecond);
    bucket.atNanos = nowNanos;
    return bucket;
  }

  private static Object key(InetAddress client) {
    byte[] bytes = client.getAddress();
    if (bytes.length == 4 || client.isLoopbackAddress()) {
      return client;
    }
    long prefix = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      prefix = prefix << Byte.SIZE | bytes[i] & 0xff;
    }
    return prefix;
  }

  int clients() {
    return clients.size();
  }
}
