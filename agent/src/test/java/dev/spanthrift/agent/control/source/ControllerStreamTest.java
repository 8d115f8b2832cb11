package dev.spanthrift.agent.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** What is said on a stream to a controller that only listens. */
class ControllerStreamTest {
  @TempDir Path folder;
  private final BlockingQueue<Map<String, String>> labels = new LinkedBlockingQueue<>();

  private void hear(String text) {
    if (StreamMessage.read(text) instanceof StreamMessage.Hello hello) {
      labels.add(hello.labels());
    }
  }

  @Test
  void aPodThatIsLabelledAnewSaysSoOnItsStream() throws Exception {
    Path file = Files.writeString(folder.resolve("labels"), "app=\"cart\"\n");
    Path token = Files.writeString(folder.resolve("token"), "a.b.c");
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes.ws(
                        StreamMessage.PATH,
                        (in, out) ->
                            out.sendString(
                                in.receive()
                                    .asString()
                                    .doOnNext(this::hear)
                                    .flatMap(text -> Mono.empty()))))
            .bindNow();
    SpanthriftSettings settings =
        SettingsLoader.load(
                null,
                Map.of(
                    "SPANTHRIFT_STATE_DIR", folder.resolve("state").toString(),
                    "SPANTHRIFT_CONTROLLER_URL", "http://127.0.0.1:" + server.port(),
                    "SPANTHRIFT_CONTROLLER_TOKEN_FILE", token.toString(),
                    "SPANTHRIFT_CONTROLLER_LABELS_FILE", file.toString(),
                    "SPANTHRIFT_CONTROLLER_REPORT_EVERY", "1s"))
            .settings();
    PolicySource.First first = PolicySource.first(settings, bundle -> null);
    try (PolicySource source =
        PolicySource.start(settings, first, new PolicySourceTest().program, "test")) {
      assertEquals(Map.of("app", "cart"), labels.poll(60, TimeUnit.SECONDS));
      // As the kubelet does it: whoever reads sees all of one or of the other.
      Path other = Files.writeString(folder.resolve("other"), "app=\"till\"\n");
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      assertEquals(Map.of("app", "till"), labels.poll(60, TimeUnit.SECONDS), source::toString);
    } finally {
      server.disposeNow();
    }
  }
}
