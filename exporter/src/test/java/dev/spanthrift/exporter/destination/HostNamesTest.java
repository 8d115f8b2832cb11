package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as Compose and Swarm give them are looked up, on both transports. */
@Timeout(60)
class HostNamesTest {
  private static Probe.Answer ask(Protocol protocol, String endpoint) {
    ExportSettings settings = ExportSettings.of("b", protocol, URI.create(endpoint));
    return Probe.ask(settings, List.of(Signal.TRACES), Duration.ofSeconds(20)).get(Signal.TRACES);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aNameWithAnUnderscoreIsLookedUp(Protocol protocol) {
    Probe.Answer answer = ask(protocol, "http://no_such_collector:4318");
    assertInstanceOf(Probe.Away.class, answer, answer.words());
    assertTrue(answer.words().matches("(?s).*(unknown host|not known).*"), answer.words());
  }

  /** Nobody listens on the port for what is to be discarded. */
  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aPortOfOneDigitIsNoPartOfTheName(Protocol protocol) {
    Probe.Answer answer = ask(protocol, "http://127.0.0.1:9");
    assertInstanceOf(Probe.Away.class, answer, answer.words());
    assertTrue(answer.words().toLowerCase(Locale.ROOT).contains("refused"), answer.words());
  }

  /** What begins a connection, of a server that reads one request's first bytes. */
  private static String firstBytes(ServerSocket server) throws Exception {
    try (Socket socket = server.accept();
        InputStream in = socket.getInputStream()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (!all.toString(StandardCharsets.ISO_8859_1).contains("host:")
          && !all.toString(StandardCharsets.ISO_8859_1).startsWith("PRI * HTTP/2.0")) {
        int next = in.read();
        if (next < 0) {
          break;
        }
        all.write(Character.toLowerCase(next) == 'h' ? 'h' : next);
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "[::1]", "127.0.0.1"})
  void whereItLeadsToIsConnectedTo(String host) throws Exception {
    boolean six = host.startsWith("[");
    try (ServerSocket server =
        new ServerSocket(0, 5, InetAddress.getByName(six ? "::1" : "127.0.0.1"))) {
      for (Protocol protocol : Protocol.values()) {
        CompletableFuture<String> seen =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return firstBytes(server);
                  } catch (Exception e) {
                    return String.valueOf(e);
                  }
                });
        Probe.Answer unused = ask(protocol, "http://" + host + ":" + server.getLocalPort());
        String begun = seen.get();
        assertTrue(begun.startsWith("POST ") || begun.startsWith("PRI "), begun);
      }
    }
  }
}
