package dev.spanthrift.agent.receive.loop;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;

/** What {@code localhost} means to listen on: both loopback addresses, where there are both. */
public final class Listening {
  private static final String IPV4 = "127.0.0.1";
  private static final String IPV6 = "::1";

  private Listening() {}

  /** The addresses that a host stands for; at least one. */
  public static List<String> addresses(String host) {
    if (!host.equalsIgnoreCase("localhost")) {
      return List.of(host);
    }
    List<String> found = List.of(IPV4, IPV6).stream().filter(Listening::isOurs).toList();
    return found.isEmpty() ? List.of(IPV4) : found;
  }

  /** As people write it before a colon and a port. */
  public static String beforePort(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /** Networks without IPv6 exist, and JVMs that are told to do without. */
  private static boolean isOurs(String address) {
    if (address.equals(IPV6) && Boolean.getBoolean("java.net.preferIPv4Stack")) {
      return false;
    }
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
    } catch (SocketException | UnknownHostException e) {
      return false;
    }
  }
}
