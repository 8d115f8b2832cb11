package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.receive.loop.Port;
import dev.spanthrift.agent.receive.loop.ServerTls;
import dev.spanthrift.agent.receive.loop.SharedReceive;
import dev.spanthrift.agent.receive.loop.TlsFaults;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The OTLP/gRPC port: the four export services over HTTP/2, their messages as raw bytes.
 *
 * <p>Answers on the event loop that read the request; a call costs one small object.
 */
public final class GrpcReceiver {
  private final Port port;
  private final Door door;
  private volatile int httpPort;

  private GrpcReceiver(ReceiveSettings settings, Loops loops, Intake intake) {
    this.door = new Door("gRPC", intake, GrpcReceiver::noJson, settings);
    this.httpPort = settings.httpPort();
    GrpcWords words = new GrpcWords(() -> httpPort);
    SslContext tls = ServerTls.context(settings.tls(), "h2");
    this.port =
        Port.open(
            settings,
            settings.grpcPort(),
            "SPANTHRIFT_LISTEN_GRPC_PORT",
            loops,
            door.books(),
            (channel, proven) ->
                prepare(channel, tls, new GrpcConnection(settings, door, words, proven)));
  }

  /** Listens from now on; throws IllegalStateException, with the address, when it cannot. */
  public static GrpcReceiver start(ReceiveSettings settings, Loops loops, Intake intake) {
    return new GrpcReceiver(settings, loops, intake);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return port.address();
  }

  /** Where OTLP/HTTP is spoken, for those who have come to the wrong port. */
  public void neighbour(InetSocketAddress http) {
    httpPort = http.getPort();
  }

  /** Connections, strays, and what is partly read. */
  public PortStatus status() {
    return door.status(address().getPort());
  }

  /** Refuses new calls, finishes running ones, and ends within the deadline. Blocks. */
  public void stop(Duration deadline) {
    port.stop(deadline);
  }

  private void prepare(SocketChannel channel, @Nullable SslContext tls, GrpcConnection connection) {
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()), new TlsFaults(door, false));
    } else {
      channel.config().setRecvByteBufAllocator(new SharedReceive());
    }
    channel.pipeline().addLast(connection);
  }

  private static JsonDecoder.Decoded noJson(Object signal, byte[] json, int offset, int length) {
    return new JsonDecoder.NotJson("gRPC carries protobuf");
  }
}
