package dev.spanthrift.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class NetworkWordsTest {
  @Test
  void aRefusedConnectionHasTheAddressAndNoClassName() {
    Throwable netty =
        new ConnectException(
            "finishConnect(..) failed with error(-111): Connection refused:"
                + " localhost/127.0.0.1:4317");
    assertEquals("nothing listens on 127.0.0.1:4317: connection refused", NetworkWords.of(netty));
    assertEquals(
        "nothing listens on me:1: connection refused",
        NetworkWords.of(new RuntimeException(netty), "me:1"));
    assertEquals(
        "nothing listens on me:1: connection refused",
        NetworkWords.of(new ConnectException(), "me:1"));
  }

  @Test
  void aRealRefusedConnectionToo() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    IOException refused = assertThrows(IOException.class, () -> new Socket("127.0.0.1", port));
    assertEquals("nothing listens on a:1: connection refused", NetworkWords.of(refused, "a:1"));
  }

  @Test
  void anUnknownNameIsCalledSo() {
    ConnectException http = new ConnectException();
    http.initCause(new UnresolvedAddressException());
    assertEquals("a.b:1: its name is not known to DNS", NetworkWords.of(http, "a.b:1"));
    assertEquals(
        "a.b: its name is not known to DNS",
        NetworkWords.of(new RuntimeException("x", new UnknownHostException("a.b"))));
  }

  @Test
  void whatDoesNotAnswerAndWhatIsNotTlsAreCalledSo() {
    assertEquals(
        "nothing answers on 10.0.0.1:4317: connection timed out",
        NetworkWords.of(
            new ConnectTimeoutException("connection timed out after 30000 ms: /10.0.0.1:4317")));
    assertEquals(
        "TLS failed with a:1: PKIX path building failed",
        NetworkWords.of(
            new SSLHandshakeException(
                "sun.security.validator.ValidatorException: PKIX path building failed"),
            "a:1"));
    assertEquals(
        "Connection reset by peer (a:1)",
        NetworkWords.of(
            new IOException("recvAddress(..) failed: Connection reset by peer"), "a:1"));
  }

  @Test
  void aTakenPortSaysWhichSettingChangesItAndWhoHasIt() throws Exception {
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = first.getLocalPort();
      IOException taken =
          assertThrows(
              BindException.class,
              () -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close());
      String words = NetworkWords.ofPort(taken, "127.0.0.1", port, "SPANTHRIFT_X_PORT");
      assertTrue(
          words.startsWith("127.0.0.1:" + port + " is in use; set SPANTHRIFT_X_PORT"), words);
      assertTrue(words.matches(".*(ss|lsof) .*" + port + ".*"), words);
    }
  }

  @Test
  void aPortThatIsNotOursToOpenIsCalledSo() {
    IOException denied = new IOException("bind(..) failed with error(-13): Permission denied");
    assertEquals(
        "127.0.0.1:80 is not permitted to this user; set X_PORT to 1024 or above",
        NetworkWords.ofPort(new RuntimeException(denied), "127.0.0.1", 80, "X_PORT"));
    assertEquals(
        "9.9.9.9:80: no such address on this machine; set X_HOST to one, such as 127.0.0.1",
        NetworkWords.ofPort(
            new BindException("Cannot assign requested address"), "9.9.9.9", 80, "X_PORT"));
  }
}
