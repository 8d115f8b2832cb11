package dev.spanthrift.agent.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole of h2spec against the gRPC port; {@code -Dh2spec=} names its program. */
@EnabledIfSystemProperty(named = "h2spec", matches = ".+")
class H2SpecTest {
  /** RFC 9113 has given priorities up; who sends no preface is told so in HTTP/1.1. */
  private static final List<String> BY_CHOICE =
      List.of(
          "Sends invalid connection preface",
          "Sends HEADERS frame that depend on itself",
          "Sends PRIORITY frame that depend on itself");

  private static final Pattern FAILED = Pattern.compile("(?m)^ +× \\d+: (.+)$");

  @Test
  void allPassButForThoseThatWeChoseOtherwise() throws Exception {
    Loops loops = Loops.create();
    GrpcReceiver receiver = GrpcReceiver.start(TestSettings.LOOPBACK, loops, new FakeIntake());
    try {
      Process tool =
          new ProcessBuilder(
                  System.getProperty("h2spec"),
                  "--host",
                  "127.0.0.1",
                  "--port",
                  String.valueOf(receiver.address().getPort()),
                  "--path",
                  "/" + Signal.TRACES.grpcService() + "/Export",
                  "--timeout",
                  "4")
              .redirectErrorStream(true)
              .start();
      String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(tool.waitFor(300, TimeUnit.SECONDS));
      String result = said.substring(Math.max(0, said.indexOf("Failures:")));
      assertEquals(
          BY_CHOICE.stream().sorted().toList(),
          FAILED
              .matcher(result)
              .results()
              .map((MatchResult failed) -> failed.group(1))
              .sorted()
              .collect(Collectors.toList()),
          said);
    } finally {
      receiver.stop(Duration.ofSeconds(1));
      loops.close(Duration.ofSeconds(5));
    }
  }
}
