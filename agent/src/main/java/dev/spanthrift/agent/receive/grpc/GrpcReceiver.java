package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.ServerTls;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.receive.loop.Port;
import dev.spanthrift.agent.receive.loop.SharedReceive;
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

  private GrpcReceiver(ReceiveSettings settings, Loops loops, Intake intake) {
    this.door = new Door(intake, GrpcReceiver::noJson, settings);
    SslContext tls = ServerTls.context(settings.tls(), "h2");
    this.port = Port.open(settings, settings.grpcPort(), loops, c -> pipeline(c, settings, tls));
  }

  /** Listens from now on; throws IllegalStateException, with the address, when it cannot. */
  public static GrpcReceiver start(ReceiveSettings settings, Loops loops, Intake intake) {
    return new GrpcReceiver(settings, loops, intake);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return port.address();
  }

  /** Connections ever taken. */
  public long connectionsOpened() {
    return port.connectionsOpened();
  }

  /** Connections closed unread, because there were too many. */
  public long connectionsRefused() {
    return port.connectionsRefused();
  }

  /** Bytes of requests that are partly read. */
  public long pendingBytes() {
    return door.pendingBytes();
  }

  /** Refuses new calls, finishes running ones, and ends within the deadline. Blocks. */
  public void stop(Duration deadline) {
    port.stop(deadline);
  }

  private void pipeline(SocketChannel channel, ReceiveSettings settings, @Nullable SslContext tls) {
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    } else {
      channel.config().setRecvByteBufAllocator(new SharedReceive());
    }
    channel.pipeline().addLast(new GrpcConnection(settings, door));
  }

  private static JsonDecoder.Decoded noJson(Object signal, byte[] json, int offset, int length) {
    return new JsonDecoder.NotJson("gRPC carries protobuf");
  }
}
