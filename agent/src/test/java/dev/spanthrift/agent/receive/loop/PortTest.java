package dev.spanthrift.agent.receive.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.FakeJson;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Door;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortTest {
  private final Loops loops = Loops.create();
  private final Door door =
      new Door("HTTP", new FakeIntake(), FakeJson::decode, TestSettings.LOOPBACK);

  @AfterEach
  void end() {
    loops.close(Duration.ofSeconds(5));
  }

  private Port open(int port) {
    return Port.open(
        TestSettings.LOOPBACK, port, "A_VARIABLE", loops, door.books(), (channel, proven) -> {});
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null;
  }

  @Test
  void localhostIsBothLoopbackAddressesWhereThereAreBoth() throws Exception {
    assertEquals(
        hasIpv6() ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1"),
        Listening.addresses("LocalHost"));
    assertEquals(List.of("0.0.0.0"), Listening.addresses("0.0.0.0"));
    Port port = open(0);
    for (String address : Listening.addresses("localhost")) {
      new Socket(address, port.address().getPort()).close();
    }
    port.stop(Duration.ofSeconds(1));
  }

  @Test
  void portThatIsTakenOnOneAddressIsTaken() throws Exception {
    for (String address : Listening.addresses("localhost")) {
      try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(address))) {
        Exception failure =
            assertThrows(IllegalStateException.class, () -> open(taken.getLocalPort()));
        String at = Listening.beforePort(address) + ":" + taken.getLocalPort();
        assertTrue(failure.getMessage().startsWith(at + " is in use; set A_VARIABLE"), at);
      }
    }
  }

  @Test
  void connectionThatTheSystemCannotHandOverIsCounted() {
    EmbeddedChannel listening =
        new EmbeddedChannel(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(io.netty.channel.Channel channel) {
                channel.pipeline().addLast(new AcceptFaults(door.books()));
              }
            });
    listening
        .pipeline()
        .fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
    listening
        .pipeline()
        .fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
    listening.checkException(); // nothing is left for Netty to complain of
    assertEquals(2, door.status(0).refused().get("accept_failed"));
  }
}
