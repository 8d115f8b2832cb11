package dev.spanthrift.agent;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.settings.DecisionMode;
import dev.spanthrift.agent.config.settings.HeapBounds;
import dev.spanthrift.agent.config.settings.ListenSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.ControlSettings;
import dev.spanthrift.agent.control.OwnNames;
import dev.spanthrift.agent.control.alert.AlertParts;
import dev.spanthrift.agent.control.alert.WebhookOpener;
import dev.spanthrift.agent.control.policy.ManagedPolicy;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.pipeline.PipelineSettings;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SlowQueries;
import dev.spanthrift.agent.receive.door.CorsSettings;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.receive.loop.ServerTls;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.telemetry.OwnTelemetrySettings;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.ProxyVariables;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.wire.Signal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.NullNode;

/** Turns the settings tree into the settings of each part. */
final class Wiring {
  private static final long TELEMETRY_QUEUE_BYTES_MAX = 4 << 20;

  /** A batch and the stamp of its last span fit into the largest request that is sent. */
  private static final long BATCH_BYTES_MAX = Limits.DEFAULT.requestBytesMax() - 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

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

  List<ExportSettings> destinations() {
    ProxyVariables.of(System.getenv()).ignored().forEach(log::warn);
    long queue = bounds.queueBytesMax();
    return settings.destinations().stream().map(d -> d.toExport(queue, System.getenv())).toList();
  }

  Destination open(ExportSettings destination) {
    try {
      if (destination.proxy() != null) {
        log.info("destination {} is reached by {}", destination.name(), destination.proxy());
      }
      return Destinations.open(destination, new ClientLoops(loops.group(), loops.clientChannel()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "destination " + destination.name() + ": " + e.getMessage(), e);
    }
  }

  ReceiveSettings grpc() {
    return receive(settings.listen().grpc().host());
  }

  ReceiveSettings http() {
    return receive(settings.listen().http().host());
  }

  private ReceiveSettings receive(String host) {
    ListenSettings listen = settings.listen();
    ReceiveSettings byDefault = ReceiveSettings.DEFAULT;
    return new ReceiveSettings(
        host,
        listen.grpc().port(),
        listen.http().port(),
        (int) bounds.requestBytesMax(),
        bounds.pendingBytesMax(),
        byDefault.maxHeaderBytes(),
        listen.connectionsMax(),
        byDefault.maxStreams(),
        listen.requestTimeout(),
        listen.idleTimeout(),
        listen.headTimeout(),
        listen.connectionAgeMax(),
        listen.connectionAgeGrace(),
        cors(listen.http().cors()),
        byDefault.retryAfter(),
        listen.tls().tls());
  }

  private static CorsSettings cors(ListenSettings.Cors from) {
    return new CorsSettings(from.allowedOrigins(), from.allowedHeaders(), from.maxAge());
  }

  PipelineSettings pipeline() {
    HoldSettings held = settings.hold().within(bounds.heldBytesMax());
    PipelineSettings plain = PipelineSettings.DEFAULT;
    return new PipelineSettings(
        new SamplerSettings(
            held,
            bounds.decisionsMax(),
            settings.stampAlways(),
            SamplerSettings.DEFAULT.precision(),
            settings.randomness()),
        plain.spansPerRequestMax(),
        (int) Math.min(settings.export().batchBytes().bytes(), BATCH_BYTES_MAX),
        settings.export().delay(),
        plain.tick(),
        settings.mode() == DecisionMode.SHADOW);
  }

  /** None when it is switched off. */
  @Nullable SpanRing recording() {
    long bytes = bounds.recordingBytesMax();
    return bytes == 0 ? null : new SpanRing(bytes, settings.recording().maxAge());
  }

  /** None when that rule is switched off. */
  @Nullable SlowQueries slowQueries() {
    Duration limit = settings.alerts().slowQuery();
    return limit.isZero() ? null : new SlowQueries(limit);
  }

  AlertParts alerts(@Nullable SlowQueries queries) {
    AlertSettings.Webhook webhook = settings.alerts().webhook();
    ClientLoops clients = new ClientLoops(loops.group(), loops.clientChannel());
    return new AlertParts(
        settings.alerts(),
        new WebhookOpener(webhook, clients, ProxyVariables.of(System.getenv())),
        queries);
  }

  /** None when it is switched off. */
  @Nullable DecisionLog decisions() {
    long bytes = bounds.decisionLogBytesMax();
    return bytes == 0 ? null : new DecisionLog(bytes, System::currentTimeMillis);
  }

  /**
   * The policies to begin with.
   *
   * @param managed what objects of Kubernetes say instead; null: nothing
   * @param lenience null: a configured policy that cannot be used ends the start
   */
  PolicyStore policyStore(
      @Nullable ManagedPolicy managed, SidecarProgram.@Nullable Lenience lenience) {
    boolean lost = lenience != null && lenience.policiesLost();
    return PolicyStore.open(
        settings.stateDir(),
        lost ? NullNode.instance : PolicyCompilation.configured(settings),
        managed,
        (document, previous) -> PolicyCompilation.of(document, previous, settings),
        lenience != null);
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
  private static ExportSettings telemetry(SpanthriftSettings.Telemetry own, URI endpoint) {
    boolean exact = endpoint.getPath().endsWith(Signal.METRICS.httpPath());
    return ExportSettings.of("own-telemetry", own.protocol(), endpoint)
        .withProxy(ProxyVariables.of(System.getenv()).proxyFor(endpoint, own.protocol()))
        .withSignalEndpoints(exact ? Map.of(Signal.METRICS, endpoint) : Map.of())
        .withHeaders(own.headers())
        .withCompression(own.compression().usable())
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
          WhoMay.settings(admin),
          OwnNames.with(admin.hosts()),
          ControlSettings.DEFAULT_BODY_BYTES_MAX,
          ServerTls.withOptionalClients(admin.tls().tls()),
          settings.telemetry().operationsMax(),
          settings.explain().traceUrl());
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
