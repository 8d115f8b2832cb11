package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Functions of addresses. */
final class NetworkFunctions {
  private NetworkFunctions() {}

  static Object isInCidr(@Nullable Object[] arguments) {
    byte[] address = address((String) Objects.requireNonNull(arguments[0]));
    if (address == null) {
      return false;
    }
    for (Object network : ((Items) Objects.requireNonNull(arguments[1])).items()) {
      Boolean inside = isIn(address, (String) Objects.requireNonNull(network));
      if (inside == null) {
        return Failure.INPUT;
      }
      if (inside) {
        return true;
      }
    }
    return false;
  }

  /** Whether text names a network such as {@code 10.0.0.0/8}. */
  static boolean isNetwork(String text) {
    return isIn(new byte[4], text) != null;
  }

  /** null when the text is no network. */
  private static @Nullable Boolean isIn(byte[] address, String network) {
    int slash = network.indexOf('/');
    byte[] base = slash < 0 ? null : address(network.substring(0, slash));
    String prefix = network.substring(slash + 1);
    int bitsMax = network.contains(":") ? 128 : 32;
    if (base == null || !prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > bitsMax) {
      return null;
    }
    int bits =
        Integer.parseInt(prefix) - (bitsMax - base.length * 8); // ::ffff:a.b.c.d has four bytes
    return base.length == address.length && sameBits(base, address, Math.max(0, bits));
  }

  private static boolean sameBits(byte[] a, byte[] b, int bits) {
    int whole = bits / 8;
    int mask = 0xff00 >> bits % 8 & 0xff;
    return Arrays.equals(a, 0, whole, b, 0, whole)
        && (mask == 0 || (a[whole] & mask) == (b[whole] & mask));
  }

  /** The bytes of a literal address, never of a name; an IPv4 one inside IPv6 has four. */
  private static byte @Nullable [] address(String text) {
    try {
      boolean six = text.contains(":");
      return six && !text.contains("%") && !text.startsWith("[")
          ? InetAddress.ofLiteral(text).getAddress()
          : four(text);
    } catch (IllegalArgumentException notOne) {
      return null;
    }
  }

  private static byte @Nullable [] four(String text) {
    String[] parts = text.split("\\.", -1);
    byte[] address = new byte[4];
    for (int i = 0; i < parts.length; i++) {
      if (parts.length != 4 || !parts[i].matches("0|[1-9][0-9]{0,2}")) {
        return null;
      }
      int part = Integer.parseInt(parts[i]);
      if (part > 255) {
        return null;
      }
      address[i] = (byte) part;
    }
    return address;
  }
}
