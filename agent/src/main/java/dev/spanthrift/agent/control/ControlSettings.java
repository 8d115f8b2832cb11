package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.access.AccessSettings;
import dev.spanthrift.agent.control.access.Role;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where and for whom the admin port answers.
 *
 * @param address loopback unless somebody says otherwise
 * @param port 0 takes any free one
 * @param stateDirectory where policy and kill switch survive a restart; none: they do not
 * @param access by what somebody is known
 * @param hosts names, beside loopback ones and IP addresses, under which browsers may call us
 * @param bodyBytesMax largest request body
 * @param tls of the port; null: plain text
 * @param operationsMax operations that have metrics of their own
 * @param traceUrl where a backend shows a trace, with {traceId}; null: nobody has said
 */
public record ControlSettings(
    InetAddress address,
    int port,
    @Nullable Path stateDirectory,
    AccessSettings access,
    Set<String> hosts,
    int bodyBytesMax,
    @Nullable SslContext tls,
    int operationsMax,
    @Nullable String traceUrl) {
  public static final int DEFAULT_PORT = 4321;
  public static final int DEFAULT_BODY_BYTES_MAX = 256 * 1024;
  public static final int DEFAULT_OPERATIONS_MAX = 20;

  public ControlSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("admin port not in [0, 65535]: " + port);
    }
    if (bodyBytesMax < 1024) {
      throw new IllegalArgumentException("admin body limit below 1024 bytes: " + bodyBytesMax);
    }
    hosts = Set.copyOf(hosts);
  }

  /** Loopback, without a token: reads only. */
  public static ControlSettings onLoopback(int port) {
    return new ControlSettings(
        InetAddress.getLoopbackAddress(),
        port,
        null,
        AccessSettings.READ_ONLY,
        Set.of(),
        DEFAULT_BODY_BYTES_MAX,
        null,
        DEFAULT_OPERATIONS_MAX,
        null);
  }

  /** The same, for those who are known by this. */
  public ControlSettings withAccess(AccessSettings known) {
    return new ControlSettings(
        address, port, stateDirectory, known, hosts, bodyBytesMax, tls, operationsMax, traceUrl);
  }

  /** The same, with all writes for whoever holds a token of this file. */
  public ControlSettings withTokenFile(Path file) {
    return new ControlSettings(
        address,
        port,
        stateDirectory,
        access.with(Role.ADMIN, file),
        hosts,
        bodyBytesMax,
        tls,
        operationsMax,
        traceUrl);
  }

  /** The same, with a memory. */
  public ControlSettings withStateDirectory(Path directory) {
    return new ControlSettings(
        address, port, directory, access, hosts, bodyBytesMax, tls, operationsMax, traceUrl);
  }

  /** The same over TLS. */
  public ControlSettings withTls(SslContext context) {
    return new ControlSettings(
        address,
        port,
        stateDirectory,
        access,
        hosts,
        bodyBytesMax,
        context,
        operationsMax,
        traceUrl);
  }

  /** The same with links to a backend. */
  public ControlSettings withTraceUrl(String template) {
    return new ControlSettings(
        address, port, stateDirectory, access, hosts, bodyBytesMax, tls, operationsMax, template);
  }
}
