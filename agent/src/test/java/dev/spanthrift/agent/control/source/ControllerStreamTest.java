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
    try (ScriptedController controller = ScriptedController.hearing(this::hear);
        PolicySource source = source(controller, token, file)) {
      assertEquals(Map.of("app", "cart"), labels.poll(60, TimeUnit.SECONDS));
      // As the kubelet does it: whoever reads sees all of one or of the other.
      Path other = Files.writeString(folder.resolve("other"), "app=\"till\"\n");
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      assertEquals(Map.of("app", "till"), labels.poll(60, TimeUnit.SECONDS), source::toString);
    }
  }

  private PolicySource source(ScriptedController controller, Path token, Path labels)
      throws Exception {
    SpanthriftSettings settings =
        SettingsLoader.load(
                null,
                Map.of(
                    "SPANTHRIFT_STATE_DIR", folder.resolve("state").toString(),
                    "SPANTHRIFT_CONTROLLER_URL", controller.url(),
                    "SPANTHRIFT_CONTROLLER_TOKEN_FILE", token.toString(),
                    "SPANTHRIFT_CONTROLLER_LABELS_FILE", labels.toString(),
                    "SPANTHRIFT_CONTROLLER_REPORT_EVERY", "1s"))
            .settings();
    PolicySource.First first = PolicySource.first(settings, bundle -> null);
    return PolicySource.start(settings, first, new PolicySourceTest().program, "test");
  }
}
