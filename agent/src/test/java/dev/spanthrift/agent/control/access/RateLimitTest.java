package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  @Test
  void givesABurstThenARate() throws Exception {
    RateLimit limit = new RateLimit(2, 5);
    InetAddress client = address("10.0.0.1");
    for (int i = 0; i < 5; i++) {
      assertEquals(0, limit.take(client, 1, 0));
    }
    assertEquals(1, limit.take(client, 1, 0));
    assertEquals(0, limit.take(client, 1, SECOND / 2));
    assertEquals(1, limit.take(client, 1, SECOND / 2));
    assertEquals(0, limit.take(address("10.0.0.2"), 1, SECOND / 2), "another client");
    assertEquals(0, limit.take(client, 5, 100 * SECOND), "never more than a burst");
    assertEquals(1, limit.take(client, 1, 100 * SECOND));
  }

  @Test
  void aChargeIsPaidBack() throws Exception {
    RateLimit limit = new RateLimit(2, 5);
    InetAddress client = address("10.0.0.1");
    limit.charge(client, 50, 0);
    assertEquals(3, limit.take(client, 1, 0), "never more than a burst behind");
    assertEquals(0, limit.take(client, 1, 3 * SECOND));
  }

  @Test
  void aNetworkOfIpv6IsOneClient() throws Exception {
    RateLimit limit = new RateLimit(1, 1);
    assertEquals(0, limit.take(address("2001:db8::1"), 1, 0));
    assertTrue(limit.take(address("2001:db8::2"), 1, 0) > 0);
    assertEquals(0, limit.take(address("2001:db8:0:1::1"), 1, 0));
  }

  @Test
  void forgetsWhoHasBeenQuietLongest() throws Exception {
    RateLimit limit = new RateLimit(1, 1);
    for (int i = 0; i < 3 * RateLimit.CLIENTS_MAX; i++) {
      byte[] address = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      limit.take(InetAddress.getByAddress(address), 1, i);
    }
    assertEquals(RateLimit.CLIENTS_MAX, limit.clients());
  }
}
