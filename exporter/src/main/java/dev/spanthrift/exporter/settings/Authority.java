package dev.spanthrift.exporter.settings;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Host and port of a URL as people have them in Compose, Swarm and Kubernetes: {@code
 * my_stack_otel-1}, {@code tasks.otel}, {@code collector.ns.svc.}, {@code [fe80::1%25eth0]}.
 *
 * <p>{@link URI#getHost} knows names by RFC 2396 only: one with an underscore, or whose last label
 * begins with a digit, it calls none.
 *
 * @param host without the brackets of IPv6; a zone is parted from the address by one %
 * @param port −1 where there is none
 */
public record Authority(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:[^@]*@)?(?:\\[([0-9A-Fa-f:.]+(?:%[^\\]]+)?)]|([^\\[\\]:@\\s]+))(?::([0-9]{1,5}))?");

  /** None where there is no host, or no such port. */
  public static @Nullable Authority of(URI uri) {
    String text = uri.getRawAuthority();
    Matcher form = FORM.matcher(text == null ? "" : text);
    if (!form.matches()) {
      return null;
    }
    int port = form.group(3) == null ? -1 : Integer.parseInt(form.group(3));
    String address = form.group(1);
    return port == 0 || port > 0xffff
        ? null
        : new Authority(address == null ? form.group(2) : withZone(address), port);
  }

  /** RFC 6874 writes the % before a zone as %25. */
  private static String withZone(String address) {
    int zone = address.indexOf("%25");
    return zone > 0 && zone + 3 < address.length()
        ? address.substring(0, zone) + "%" + address.substring(zone + 3)
        : address;
  }
}
