package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.agent.config.yaml.InputFile;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Opens a connection: asks whoever answers first what it is, and connects as that needs. Blocks, so
 * never on a thread of the data path.
 */
final class Connector implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int QUEUED_MAX = 1 << 14;

  private final FleetSettings settings;
  private final ClientResources resources;

  /**
   * Of all attempts. One for each would end the event loops with itself, and two seconds later
   * Lettuce's timer of the handshake would tell a loop that is gone, with a stack trace each time.
   */
  private final RedisClient client;

  Connector(FleetSettings settings, ClientResources resources) {
    this.settings = settings;
    this.resources = resources;
    client = RedisClient.create(resources);
  }

  @Override
  public void close() {
    client.close();
  }

  /**
   * @throws RedisException when nobody answers, or not as wanted
   */
  Link connect() {
    RedisException last = null;
    for (RedisURI uri : addresses()) {
      try {
        return connect(uri);
      } catch (RedisException e) {
        last = e;
      }
    }
    throw Objects.requireNonNull(last);
  }

  private Link connect(RedisURI uri) {
    client.setOptions(options(ClientOptions.builder()).build()); // files may have been rotated
    StatefulRedisConnection<byte[], byte[]> connection = connectAny(uri);
    boolean used = false;
    try {
      String info = connection.sync().info("server");
      String mode = line(info, "redis_mode:");
      used = mode.equals("standalone");
      Link link =
          switch (mode) {
            case "cluster" -> cluster(version(info));
            case "sentinel" -> sentinel(uri);
            default -> new Link(connection, connection.async(), connection, mode, version(info));
          };
      return link;
    } finally {
      if (!used) {
        connection.close();
      }
    }
  }

  /** Sentinel knows no databases, so the first question goes without. */
  private StatefulRedisConnection<byte[], byte[]> connectAny(RedisURI uri) {
    StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE, uri);
    boolean used = false;
    try {
      used =
          settings.database() == 0
              || !line(connection.sync().info("server"), "redis_mode:").equals("standalone");
      if (used) {
        return connection;
      }
      connection.sync().select(settings.database());
      uri.setDatabase(settings.database());
    } finally {
      if (!used) {
        connection.close();
      }
    }
    return client.connect(ByteArrayCodec.INSTANCE, uri);
  }

  private Link cluster(String version) {
    RedisClusterClient cluster = RedisClusterClient.create(resources, addresses());
    boolean used = false;
    try {
      ClusterTopologyRefreshOptions refresh =
          ClusterTopologyRefreshOptions.builder()
              .enableAllAdaptiveRefreshTriggers()
              .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(5))
              .enablePeriodicRefresh(Duration.ofMinutes(1))
              .build();
      cluster.setOptions(
          ((ClusterClientOptions.Builder) options(ClusterClientOptions.builder()))
              .topologyRefreshOptions(refresh)
              .build());
      StatefulRedisClusterConnection<byte[], byte[]> connection =
          cluster.connect(ByteArrayCodec.INSTANCE);
      used = true;
      return new Link(connection, connection.async(), cluster, "cluster", version);
    } finally {
      if (!used) {
        cluster.close();
      }
    }
  }

  private Link sentinel(RedisURI uri) {
    RedisURI.Builder master = RedisURI.builder().withSentinelMasterId(master(uri));
    addresses().forEach(a -> master.withSentinel(a.getHost(), a.getPort()));
    RedisURI data = authenticated(master.withDatabase(settings.database()).build());
    StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE, data);
    boolean used = false;
    try {
      String info = connection.sync().info("server");
      used = true;
      return new Link(connection, connection.async(), connection, "sentinel", version(info));
    } finally {
      if (!used) {
        connection.close();
      }
    }
  }

  private String master(RedisURI uri) {
    if (settings.master() != null) {
      return settings.master();
    }
    try (StatefulRedisSentinelConnection<String, String> sentinel = client.connectSentinel(uri)) {
      List<Map<String, String>> masters = sentinel.sync().masters();
      List<String> names = masters.stream().map(m -> m.getOrDefault("name", "")).toList();
      if (names.size() != 1) {
        throw new RedisException("Sentinel watches " + names + ": set fleet.master to one of them");
      }
      return names.getFirst();
    }
  }

  private ClientOptions.Builder options(ClientOptions.Builder builder) {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
    if (settings.authority() != null) {
      ssl.trustManager(settings.authority().toFile());
    }
    if (settings.clientCertificate() != null && settings.clientKey() != null) {
      ssl.keyManager(settings.clientCertificate().toFile(), settings.clientKey().toFile(), null);
    }
    return builder
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUED_MAX)
        .protocolVersion(ProtocolVersion.RESP2) // HELLO would need a rule of its own
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).keepAlive(true).build())
        .timeoutOptions(TimeoutOptions.create())
        .sslOptions(ssl.build());
  }

  private List<RedisURI> addresses() {
    String url = Objects.requireNonNull(settings.url());
    boolean tls = url.startsWith("rediss://");
    List<RedisURI> all = new ArrayList<>();
    for (String address : url.substring(url.indexOf("://") + 3).split(",")) {
      int colon = address.lastIndexOf(':');
      boolean hasPort = colon > address.lastIndexOf(']');
      String host = hasPort ? address.substring(0, colon) : address;
      int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : 6379;
      RedisURI uri = RedisURI.create(host.replaceAll("[\\[\\]]", ""), port);
      uri.setSsl(tls);
      all.add(authenticated(uri));
    }
    return all;
  }

  private RedisURI authenticated(RedisURI uri) {
    uri.setTimeout(CONNECT);
    uri.setSsl(String.valueOf(settings.url()).startsWith("rediss://"));
    Path file = settings.passwordFile();
    if (file != null) {
      uri.setCredentialsProvider(new FilePassword(settings.user(), file));
    }
    return uri;
  }

  /** Read at each connection, so that a rotated password is found. */
  private record FilePassword(@Nullable String user, Path file)
      implements RedisCredentialsProvider {
    @Override
    public Mono<RedisCredentials> resolveCredentials() {
      return Mono.fromSupplier(() -> RedisCredentials.just(user, password()));
    }

    private String password() {
      try {
        return InputFile.secret(file);
      } catch (IOException e) {
        throw new NoPasswordException(file, e);
      }
    }
  }

  /** The file with the password cannot be read. */
  static final class NoPasswordException extends RedisException {
    private static final long serialVersionUID = 1;

    NoPasswordException(Path file, IOException e) {
      super("fleet.passwordFile = " + file + ": " + InputFile.reason(e));
    }
  }

  private static String version(String info) {
    String valkey = line(info, "valkey_version:");
    return valkey.isEmpty() ? "Redis " + line(info, "redis_version:") : "Valkey " + valkey;
  }

  static String line(String info, String key) {
    return info.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .findFirst()
        .orElse("");
  }
}
