package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.settings.Credentials;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.Secret;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.resources.LoopResources;

/** A token that is rotated in its file is the one that the next request has. */
class CredentialsTest {
  private static final LoopResources RESOURCES = LoopResources.create("test-out", 1, true);
  private static final ClientLoops LOOPS = ClientLoops.of(RESOURCES);

  @TempDir Path folder;

  @AfterAll
  static void stopLoops() {
    RESOURCES.dispose();
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aRotatedTokenIsSentWithoutARestart(Protocol protocol) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    Credentials credentials = Credentials.token("Authorization", "Bearer", Secret.inFile(file));
    try (Backend backend =
            protocol == Protocol.GRPC
                ? new GrpcBackend((number, request) -> Reply.SUCCESS)
                : new HttpBackend((number, request) -> Reply.SUCCESS);
        Destination destination =
            Destinations.open(
                ExportSettings.of("test", protocol, backend.uri())
                    .withHeaders(Map.of("authorization", "of the headers"))
                    .withCredentials(credentials),
                LOOPS)) {
      assertFalse(destination.toString().contains("first"));
      send(destination, backend, 1);
      assertEquals("Bearer first", authorization(backend));
      Files.writeString(file, "");
      send(destination, backend, 2);
      assertEquals("Bearer first", authorization(backend), "an empty file is being written");
      Files.writeString(file, "second and a comment\n");
      Await.until(
          "the next second's request has the new one",
          () -> {
            send(destination, backend, backend.received.size() + 1);
            return authorization(backend).equals("Bearer second");
          });
      Files.delete(file);
      send(destination, backend, backend.received.size() + 1);
      assertEquals("Bearer second", authorization(backend));
      assertTrue(credentials.toString().equals("Authorization"), "no value is shown");
    }
  }

  private static String authorization(Backend backend) {
    return backend.received.getLast().headers().get("authorization");
  }

  private static void send(Destination destination, Backend backend, int requests) {
    destination.offer(Requests.of(Signal.TRACES, 11, 1));
    Await.until("request " + requests, () -> backend.received.size() >= requests);
  }
}
