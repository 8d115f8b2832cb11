package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.receive.loop.Port;
import dev.spanthrift.agent.receive.loop.ServerTls;
import dev.spanthrift.agent.receive.loop.TlsFaults;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The OTLP/HTTP port: protobuf and JSON, HTTP/1.x and HTTP/2 by Netty's codecs.
 *
 * <p>An offer to change to HTTP/2 ({@code Upgrade: h2c}) is not taken, as the standard allows: the
 * request is answered in HTTP/1.1. HTTP/2 is for those who begin with it, or choose it by TLS.
 */
public final class HttpReceiver {
  private final Port port;
  private final Door door;

  private HttpReceiver(ReceiveSettings settings, Loops loops, Intake intake, JsonDecoder json) {
    this.door = new Door("HTTP", intake, json, settings);
    HttpReplies replies = new HttpReplies(new Cors(settings.cors()), settings.grpcPort());
    SslContext tls = ServerTls.context(settings.tls(), "h2", "http/1.1");
    this.port =
        Port.open(
            settings,
            settings.httpPort(),
            "SPANTHRIFT_LISTEN_HTTP_PORT",
            loops,
            door.books(),
            (channel, proven) ->
                prepare(channel, tls, new HttpConnection(settings, door, replies, proven)));
  }

  /** Listens from now on; throws IllegalStateException, with the address, when it cannot. */
  public static HttpReceiver start(
      ReceiveSettings settings, Loops loops, Intake intake, JsonDecoder json) {
    return new HttpReceiver(settings, loops, intake, json);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return port.address();
  }

  /** Connections, strays, and what is partly read. */
  public PortStatus status() {
    return door.status(address().getPort());
  }

  /** Accepts no more, finishes running requests, and ends within the deadline. Blocks. */
  public void stop(Duration deadline) {
    port.stop(deadline);
  }

  private void prepare(SocketChannel channel, @Nullable SslContext tls, HttpConnection connection) {
    channel.pipeline().addLast(connection);
    if (tls == null) {
      channel.pipeline().addLast(new FirstBytes(connection));
    } else {
      channel
          .pipeline()
          .addLast(
              tls.newHandler(channel.alloc()),
              new TlsFaults(door, true),
              new TlsProtocols(connection));
    }
  }
}
