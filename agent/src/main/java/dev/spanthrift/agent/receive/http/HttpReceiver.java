package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.ServerTls;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.exporter.NetworkWords;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * The OTLP/HTTP port: protobuf and JSON, HTTP/1.1 and HTTP/2, on reactor-netty without WebFlux.
 *
 * <p>One handler for all paths, because matching templates costs more than the four comparisons.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class HttpReceiver {
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicLong connectionsOpened = new AtomicLong();
  private final AtomicLong connectionsRefused = new AtomicLong();
  private final ReceiveSettings settings;
  private final Door door;
  private final DisposableServer server;

  private HttpReceiver(ReceiveSettings settings, Loops loops, Intake intake, JsonDecoder json) {
    this.settings = settings;
    this.door = new Door(intake, json, settings);
    this.server = bind(configured(loops));
  }

  /** Listens from now on; throws IllegalStateException, with the address, when it cannot. */
  public static HttpReceiver start(
      ReceiveSettings settings, Loops loops, Intake intake, JsonDecoder json) {
    return new HttpReceiver(settings, loops, intake, json);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  /** Connections ever taken. */
  public long connectionsOpened() {
    return connectionsOpened.get();
  }

  /** Connections closed unread, because there were too many. */
  public long connectionsRefused() {
    return connectionsRefused.get();
  }

  /** Bytes of requests that are partly read. */
  public long pendingBytes() {
    return door.pendingBytes();
  }

  /** Accepts no more, finishes running requests, and ends within the deadline. Blocks. */
  public void stop(Duration deadline) {
    try {
      server.disposeNow(deadline);
    } catch (IllegalStateException e) {
      // The deadline has passed: whoever is left is cut.
      open.close().awaitUninterruptibly(deadline.toMillis());
    }
  }

  private HttpServer configured(Loops loops) {
    SslContext tls = ServerTls.context(settings.tls(), "h2", "http/1.1");
    HttpServer plain =
        HttpServer.create()
            .host(settings.host())
            .port(settings.httpPort())
            .runOn(new SharedLoops(loops), true)
            .channelGroup(open)
            .doOnChannelInit((observer, channel, remote) -> opened(channel))
            .httpRequestDecoder(
                decoder ->
                    decoder
                        .maxHeaderSize(settings.maxHeaderBytes())
                        .maxInitialLineLength(settings.maxHeaderBytes())
                        .allowDuplicateContentLengths(false)
                        .h2cMaxContentLength(settings.maxHeaderBytes()))
            .http2Settings(
                http2 ->
                    http2
                        .maxConcurrentStreams(settings.maxStreams())
                        .maxHeaderListSize(settings.maxHeaderBytes()))
            .handle(this::handle);
    return tls == null
        ? plain.protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
        : plain.protocol(HttpProtocol.HTTP11, HttpProtocol.H2).secure(spec -> spec.sslContext(tls));
  }

  private DisposableServer bind(HttpServer configured) {
    try {
      return configured.bindNow();
    } catch (ChannelBindException e) {
      throw new IllegalStateException(
          NetworkWords.ofPort(
              e, settings.host(), settings.httpPort(), "SPANTHRIFT_LISTEN_HTTP_PORT"),
          e);
    }
  }

  private void opened(Channel channel) {
    if (open.size() >= settings.maxConnections()) {
      connectionsRefused.incrementAndGet();
      channel.close();
      return;
    }
    connectionsOpened.incrementAndGet();
    open.add(channel);
    channel.pipeline().addFirst(new Watchdog(settings));
  }

  private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return new HttpExchange(door, request, response);
  }

  /** Makes reactor-netty use loops that it does not own. */
  private record SharedLoops(Loops loops) implements LoopResources {
    @Override
    public EventLoopGroup onServer(boolean useNative) {
      return loops.group();
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(
        Class<C> type, EventLoopGroup group) {
      Class<? extends Channel> channel =
          type == ServerSocketChannel.class ? loops.serverChannel() : loops.clientChannel();
      return channel.asSubclass(type);
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
      return new ReflectiveChannelFactory<>(onChannelClass(type, group)).newChannel();
    }
  }
}
