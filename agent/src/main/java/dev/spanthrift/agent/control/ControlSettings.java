package dev.spanthrift.agent.control;

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
 * @param tokenFile holds the bearer token of writes, read again at each write so that it can be
 *     rotated; none: writes are refused
 * @param hosts names, beside loopback ones and IP addresses, under which browsers may call us
 * @param bodyBytesMax largest request body
 * @param operationsMax operations that have metrics of their own
 */
public record ControlSettings(
    InetAddress address,
    int port,
    @Nullable Path stateDirectory,
    @Nullable Path tokenFile,
    Set<String> hosts,
    int bodyBytesMax,
    int operationsMax) {
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
        null,
        Set.of(),
        DEFAULT_BODY_BYTES_MAX,
        DEFAULT_OPERATIONS_MAX);
  }

  /** The same, with writes for whoever holds the token in this file. */
  public ControlSettings withTokenFile(Path file) {
    return new ControlSettings(
        address, port, stateDirectory, file, hosts, bodyBytesMax, operationsMax);
  }

  /** The same, with a memory. */
  public ControlSettings withStateDirectory(Path directory) {
    return new ControlSettings(
        address, port, directory, tokenFile, hosts, bodyBytesMax, operationsMax);
  }
}
