package dev.spanthrift.agent;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.Compression;
import dev.spanthrift.agent.config.settings.ListenSettings;
import dev.spanthrift.agent.config.settings.Protocol;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.ControlSettings;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.pipeline.PipelineSettings;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.TlsSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.telemetry.OwnTelemetrySettings;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.exporter.settings.DestinationSettings;
import dev.spanthrift.exporter.settings.DestinationSettings.Limits;
import dev.spanthrift.exporter.settings.DestinationSettings.Retry;
import dev.spanthrift.exporter.settings.DestinationSettings.Tls;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.wire.Signal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the settings tree into the settings of each part. */
final class Wiring {
  private static final int MERGE_BYTES = 256 * 1024; // small requests of metrics and logs
  private static final long TELEMETRY_QUEUE_BYTES_MAX = 4 << 20;

  /** A batch and the stamp of its last span fit into the largest request that is sent. */
  private static final long BATCH_BYTES_MAX = Limits.DEFAULT.requestBytesMax() - 64 * 1024;

  private final SpanthriftSettings settings;
  private final Loops loops;
  private final HeapBounds bounds;

  Wiring(SpanthriftSettings settings, Loops loops) {
    this.settings = settings;
    this.loops = loops;
    bounds = HeapBounds.of(settings, Runtime.getRuntime().maxMemory());
  }

  HeapBounds bounds() {
    return bounds;
  }

  List<DestinationSettings> destinations() {
    return settings.destinations().stream().map(this::destination).toList();
  }

  Destination open(DestinationSettings destination) {
    try {
      return Destinations.open(
          destination,
          new dev.spanthrift.exporter.transport.ClientLoops(loops.group(), loops.clientChannel()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "destination " + destination.name() + ": " + inOurKeys(String.valueOf(e.getMessage())),
          e);
    }
  }

  /** The exporter has words of its own. */
  private static String inOurKeys(String message) {
    return message
        .replace("tls.caFile", "authority")
        .replace("tls.certFile", "clientCertificate")
        .replace("tls.keyFile", "clientKey");
  }

  private DestinationSettings destination(
      dev.spanthrift.agent.config.settings.DestinationSettings from) {
    long queue = Math.min(bounds.queueBytesMax(), from.queueBytesMax().bytes());
    Map<Signal, URI> exact = new EnumMap<>(Signal.class);
    if (from.endpointExact()) {
      from.signals().forEach(signal -> exact.put(signal, from.endpoint()));
    }
    return new DestinationSettings(
        from.name(),
        protocol(from.protocol()),
        from.endpoint(),
        exact,
        from.headers(),
        compression(from.compression()),
        from.timeout(),
        new Tls(from.authority(), from.clientCertificate(), from.clientKey(), false),
        new Limits(
            queue,
            from.requestsMax(),
            Limits.DEFAULT.requestBytesMax(),
            Limits.DEFAULT.responseBytesMax(),
            (int) Math.min(MERGE_BYTES, queue)),
        new Retry(Retry.DEFAULT.initial(), Retry.DEFAULT.max(), from.retryFor()));
  }

  private static DestinationSettings.Protocol protocol(Protocol from) {
    return switch (from) {
      case GRPC -> DestinationSettings.Protocol.GRPC;
      case HTTP_PROTOBUF -> DestinationSettings.Protocol.HTTP_PROTOBUF;
    };
  }

  private static DestinationSettings.Compression compression(Compression from) {
    return switch (from) {
      case GZIP -> DestinationSettings.Compression.GZIP;
      case ZSTD -> DestinationSettings.Compression.ZSTD;
      case NONE -> DestinationSettings.Compression.NONE;
    };
  }

  ReceiveSettings grpc() {
    ListenSettings.Address at = settings.listen().grpc();
    return receive(at.host(), at.port());
  }

  ReceiveSettings http() {
    ListenSettings.HttpAddress at = settings.listen().http();
    return receive(at.host(), at.port());
  }

  private ReceiveSettings receive(String host, int port) {
    ListenSettings listen = settings.listen();
    ReceiveSettings byDefault = ReceiveSettings.DEFAULT;
    return new ReceiveSettings(
        host,
        port,
        port,
        (int) bounds.requestBytesMax(),
        bounds.pendingBytesMax(),
        byDefault.maxHeaderBytes(),
        listen.connectionsMax(),
        byDefault.maxStreams(),
        listen.requestTimeout(),
        listen.idleTimeout(),
        byDefault.retryAfter(),
        tls(listen.tls()));
  }

  private static @Nullable TlsSettings tls(dev.spanthrift.agent.config.settings.TlsSettings from) {
    return from.certificate() == null || from.key() == null
        ? null
        : new TlsSettings(from.certificate(), from.key(), from.clientAuthority());
  }

  PipelineSettings pipeline() {
    HoldSettings held = settings.hold().within(bounds.heldBytesMax());
    PipelineSettings plain = PipelineSettings.DEFAULT;
    return new PipelineSettings(
        new SamplerSettings(
            held,
            bounds.decisionsMax(),
            settings.stampAlways(),
            SamplerSettings.DEFAULT.precision()),
        plain.spansPerRequestMax(),
        (int) Math.min(settings.export().batchBytes().bytes(), BATCH_BYTES_MAX),
        settings.export().delay(),
        plain.tick());
  }

  /** None when it is switched off. */
  @Nullable SpanRing recording() {
    long bytes = settings.recording().bytesMax().bytes();
    return bytes == 0 ? null : new SpanRing(bytes, settings.recording().maxAge());
  }

  PolicyStore policyStore() {
    return PolicyStore.open(
        settings.stateDir(), PolicyCompilation.configured(settings), PolicyCompilation::of, false);
  }

  BudgetWiring budget() {
    return new BudgetWiring(settings, bounds);
  }

  /** None when our own metrics go nowhere. */
  @Nullable OwnTelemetrySettings telemetry(String instance) {
    SpanthriftSettings.Telemetry own = settings.telemetry();
    URI endpoint = own.endpoint();
    if (endpoint == null) {
      return null;
    }
    return new OwnTelemetrySettings(telemetry(own, endpoint), own.interval(), instance);
  }

  /** What cannot be sent until the next export is given up: its counters say all of it. */
  private static DestinationSettings telemetry(SpanthriftSettings.Telemetry own, URI endpoint) {
    boolean exact = endpoint.getPath().endsWith(Signal.METRICS.httpPath());
    return DestinationSettings.of("own-telemetry", protocol(own.protocol()), endpoint)
        .withSignalEndpoints(exact ? Map.of(Signal.METRICS, endpoint) : Map.of())
        .withHeaders(own.headers())
        .withCompression(compression(own.compression()))
        .withTls(new Tls(own.authority(), own.clientCertificate(), own.clientKey(), false))
        .withLimits(new Limits(TELEMETRY_QUEUE_BYTES_MAX, 1, 4 << 20, 64 << 10, 0))
        .withRetry(new Retry(Retry.DEFAULT.initial(), Retry.DEFAULT.max(), own.interval()));
  }

  ControlSettings control() {
    SpanthriftSettings.Admin admin = settings.admin();
    try {
      return new ControlSettings(
          InetAddress.getByName(admin.host()),
          admin.port(),
          settings.stateDir(),
          admin.tokenFile(),
          Set.of(),
          ControlSettings.DEFAULT_BODY_BYTES_MAX);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "admin.host = "
              + admin.host()
              + ": no such address; set SPANTHRIFT_ADMIN_HOST to one of this machine, such as"
              + " 127.0.0.1",
          e);
    }
  }

  Duration shutdown() {
    return settings.shutdown().deadline();
  }
}
