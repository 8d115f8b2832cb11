package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Credentials;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.HttpProxy;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.Drainable;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ProxiedSocketAddress;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC: unary calls of raw bytes, without generated classes.
 *
 * <p>Answers arrive on the event loop of the connection (direct executor). grpc's own retries are
 * off: the queue retries.
 */
public final class GrpcSender implements Sender {
  /** Above the five minutes that gRPC servers permit by default; finds connections that died. */
  private static final long KEEP_ALIVE_SECONDS = 310;

  private static final String HOST = "host";

  /**
   * Its warnings are stack traces, one for each attempt; the destination says the same in a line.
   * Held, because the JDK forgets the level of a logger that nobody holds.
   */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  private record Route(
      ManagedChannel channel, MethodDescriptor<EncodedBody, SendResult.Accepted> export) {}

  private final Map<Signal, Route> routes = new EnumMap<>(Signal.class);
  private final Map<String, ManagedChannel> channels = new HashMap<>();
  private final Metadata headers = new Metadata();
  private final Credentials credentials;
  private final CallOptions options;
  private final long timeoutNanos;
  private final TlsFiles files;

  public GrpcSender(ExportSettings settings, ClientLoops loops) {
    credentials = settings.credentials();
    settings.headers().forEach(this::header);
    this.timeoutNanos = settings.timeout().toNanos();
    this.options = options(settings);
    this.files = TlsFiles.of(settings);
    for (Signal signal : Signal.values()) {
      URI uri = Endpoints.grpc(settings, signal);
      String target =
          (Endpoints.secure(uri) ? "tls " : "plain ") + Endpoints.host(uri) + Endpoints.port(uri);
      ManagedChannel channel =
          channels.computeIfAbsent(target, t -> channel(uri, settings, files, loops));
      routes.put(signal, new Route(channel, export(signal)));
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static void replace(Metadata sent, String name, String value) {
    Metadata.Key<String> key = key(name);
    sent.discardAll(key);
    sent.put(key, value);
  }

  /** {@code host} is the authority in HTTP/2, and no header of its own. */
  private void header(String name, String value) {
    if (!name.equals(HOST)) {
      headers.put(key(name), value);
    }
  }

  private static CallOptions options(ExportSettings settings) {
    CallOptions options = CallOptions.DEFAULT;
    if (settings.compression() != Compression.NONE) {
      options = options.withCompression(settings.compression().toString());
    }
    return options;
  }

  private static NettyChannelBuilder to(String host, int port) {
    return AnyHostNames.isNeeded(host)
        ? NettyChannelBuilder.forTarget(AnyHostNames.target(host, port))
        : NettyChannelBuilder.forAddress(host, port);
  }

  private static ManagedChannel channel(
      URI uri, ExportSettings settings, TlsFiles files, ClientLoops loops) {
    NettyChannelBuilder builder =
        to(Endpoints.host(uri), Endpoints.port(uri))
            .eventLoopGroup(loops.group())
            .channelType(loops.channelType())
            .directExecutor()
            .disableRetry()
            .userAgent(Senders.USER_AGENT)
            .proxyDetector(address -> proxied(settings.proxy(), address))
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .maxInboundMessageSize(settings.limits().responseBytesMax());
    if (settings.compression() != Compression.NONE) {
      CompressorRegistry ready = CompressorRegistry.newEmptyInstance();
      ready.register(new AlreadyCompressed(settings.compression().toString()));
      builder.compressorRegistry(ready);
    }
    String host = settings.headers().get(HOST);
    if (host != null) {
      builder.overrideAuthority(host);
    }
    return Endpoints.secure(uri)
        ? builder.sslContext(TlsContexts.grpc(settings.tls(), files)).build()
        : builder.usePlaintext().build();
  }

  /** A tunnel, which grpc opens; names are resolved at its other end. */
  private static @Nullable ProxiedSocketAddress proxied(
      @Nullable HttpProxy proxy, SocketAddress address) {
    if (proxy == null || !(address instanceof InetSocketAddress target)) {
      return null;
    }
    return HttpConnectProxiedSocketAddress.newBuilder()
        .setProxyAddress(new InetSocketAddress(proxy.host(), proxy.port()))
        .setTargetAddress(target)
        .setUsername(proxy.user())
        .setPassword(proxy.password())
        .build();
  }

  private static MethodDescriptor<EncodedBody, SendResult.Accepted> export(Signal signal) {
    return MethodDescriptor.<EncodedBody, SendResult.Accepted>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(signal.grpcService(), "Export"))
        .setRequestMarshaller(new RequestBytes())
        .setResponseMarshaller(new ResponseBytes())
        .build();
  }

  @Override
  public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
    files.refresh();
    Route route = java.util.Objects.requireNonNull(routes.get(signal));
    if (route.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // The queue has waited already; grpc's own backoff, up to two minutes, would come on top.
      route.channel.resetConnectBackoff();
    }
    ClientCall<EncodedBody, SendResult.Accepted> call =
        route.channel.newCall(
            route.export, options.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS));
    Metadata sent = new Metadata();
    sent.merge(headers);
    credentials.into((name, value) -> replace(sent, name, value));
    call.start(new Answer(done), sent);
    call.request(1);
    call.sendMessage(body);
    call.halfClose();
    return () -> call.cancel("given up", null);
  }

  @Override
  public boolean connected() {
    return channels.values().stream()
        .anyMatch(channel -> channel.getState(false) == ConnectivityState.READY);
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  /** Collects one unary answer. */
  private static final class Answer extends ClientCall.Listener<SendResult.Accepted> {
    private final Consumer<SendResult> done;
    private boolean headersSeen;
    private SendResult accepted = SendResult.Accepted.PLAIN;

    Answer(Consumer<SendResult> done) {
      this.done = done;
    }

    @Override
    public void onHeaders(Metadata headers) {
      headersSeen = true;
    }

    @Override
    public void onMessage(SendResult.Accepted message) {
      accepted = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
        done.accept(accepted);
      } else if (headersSeen && tooLarge(status)) {
        done.accept(
            new SendResult.Failed(
                "response_too_large", String.valueOf(inner(status).getDescription()), false));
      } else {
        done.accept(GrpcRules.outcome(status, trailers));
      }
    }

    private static Status inner(Status closed) {
      return closed.getCause() instanceof StatusRuntimeException e ? e.getStatus() : closed;
    }

    /**
     * grpc-java's own words: as the status, or as the cause when met while decompressing. A server
     * that says so about our request sends no headers first.
     */
    private static boolean tooLarge(Status closed) {
      Status status = inner(closed);
      return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
          && status.getDescription() != null
          && status.getDescription().contains("exceeds maximum size");
    }
  }

  private static final class RequestBytes implements MethodDescriptor.Marshaller<EncodedBody> {
    @Override
    public InputStream stream(EncodedBody body) {
      return new BodyStream(body);
    }

    @Override
    public EncodedBody parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }

  /** Lets grpc copy the array into its frame in one step. */
  private static final class BodyStream extends ByteArrayInputStream
      implements Drainable, KnownLength {
    BodyStream(EncodedBody body) {
      super(body.bytes(), 0, body.length());
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      target.write(buf, pos, length);
      pos += length;
      return length;
    }
  }

  private static final class ResponseBytes
      implements MethodDescriptor.Marshaller<SendResult.Accepted> {
    @Override
    public InputStream stream(SendResult.Accepted value) {
      throw new UnsupportedOperationException("responses are only received");
    }

    @Override
    public SendResult.Accepted parse(InputStream stream) {
      try {
        int first = stream.read();
        return Answers.accepted(first < 0 ? new byte[0] : rest(first, stream));
      } catch (IOException e) {
        // The status that follows says what became of the request.
        return PartialAnswer.unreadable("answer: " + e);
      }
    }

    private static byte[] rest(int first, InputStream stream) throws IOException {
      byte[] rest = stream.readAllBytes();
      byte[] all = new byte[rest.length + 1];
      all[0] = (byte) first;
      System.arraycopy(rest, 0, all, 1, rest.length);
      return all;
    }
  }

  /** Announces an encoding; the body was compressed once, before its first attempt. */
  private record AlreadyCompressed(String getMessageEncoding) implements Compressor {
    @Override
    public OutputStream compress(OutputStream target) {
      return target;
    }
  }

  @Override
  public String toString() {
    return "grpc " + channels.keySet();
  }
}
