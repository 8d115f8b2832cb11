package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of a pod, in the kubelet's order (KEP-753) and with real processes: the application ends
 * or is killed, then the sidecar gets SIGTERM, and SIGKILL when it has had a processor for two
 * seconds, which is all that is left when the application eats its grace period. What the
 * application was told is taken must arrive.
 */
@Timeout(300)
class ShutdownIT {
  /** Between SIGTERM and SIGKILL where the grace period is spent. */
  private static final Duration LEFT = Duration.ofSeconds(2);

  private static final int REQUESTS = 60;

  @TempDir Path temp;
  private OtlpBackend backend;

  @BeforeEach
  void backend() {
    backend = new HttpBackend();
  }

  @AfterEach
  void end() {
    backend.close();
  }

  /** An application as a process of its own; says the number of each request that was taken. */
  static final class Application {
    private Application() {}

    /** The port, the folder with the requests, and how many to send. */
    public static void main(String[] words) throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        for (int number = 0; number < Integer.parseInt(words[2]); number++) {
          HttpRequest request =
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + words[0] + "/v1/traces"))
                  .header("Content-Type", "application/x-protobuf")
                  .POST(BodyPublishers.ofFile(Path.of(words[1], "" + number)))
                  .build();
          int status = client.send(request, BodyHandlers.discarding()).statusCode();
          if (status != 200) {
            throw new IllegalStateException("request " + number + ": " + status);
          }
          System.out.println(number);
        }
      }
    }
  }

  /** Of a request, by its number. */
  private static List<Span> spans(int number) {
    Random random = new Random(number);
    return IntStream.range(0, 25)
        .boxed()
        .flatMap(i -> RandomTraces.trace(random, "", false).stream())
        .toList();
  }

  private Process application(Program.Ports ports, int requests, Path out) throws Exception {
    Path folder = Files.createDirectories(temp.resolve("requests"));
    for (int number = 0; number < requests; number++) {
      byte[] bytes = RandomTraces.request(spans(number)).toByteArray();
      Files.write(folder.resolve("" + number), bytes);
    }
    // The class alone, and the JDK: who runs this test hides the class path in a way of its own.
    URI classes = ShutdownIT.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            Path.of(classes).toString(),
            Application.class.getName(),
            "" + ports.http(),
            folder.toString(),
            "" + requests)
        .redirectOutput(out.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<Integer> taken(Path out) {
    try {
      // The last line may be half of a number when the application was killed.
      String whole = Files.readString(out);
      return whole.substring(0, whole.lastIndexOf('\n') + 1).lines().map(Integer::valueOf).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private interface End {
    void of(Process application, Path out) throws Exception;
  }

  /** All that waits at the end waits undecided, which is the most that there can be to do. */
  private void losesNothing(int requests, End end) throws Exception {
    Path out = temp.resolve("taken");
    try (Program sidecar =
        new Launch(temp.resolve("sidecar"))
            .to(backend)
            .env("SPANTHRIFT_HOLD_DECISION_WAIT", "10m")
            .run()) {
      Process application = application(sidecar.ports(), requests, out);
      try {
        end.of(application, out);
      } finally {
        application.destroyForcibly().waitFor();
      }
      assertEquals(0, backend.spans().size(), "nothing was decided before the end");
      sidecar.terminate();
      if (!sidecar.endsWithin(LEFT)) {
        sidecar.kill();
      }
      Set<ByteString> lost =
          taken(out).stream()
              .flatMap(number -> spans(number).stream())
              .map(Span::getSpanId)
              .collect(Collectors.toSet());
      int sent = lost.size();
      backend.spans().forEach(span -> lost.remove(span.getSpanId()));
      System.out.printf("%d spans taken, %d lost%n", sent, lost.size());
      assertTrue(sent > 1_000, "there was load");
      assertEquals(0, lost.size(), sidecar.err());
      assertEquals(0, sidecar.exit());
      assertTrue(sidecar.err().contains(", none failed"), sidecar.err());
    }
  }

  @Test
  void losesNothingWhenTheApplicationEndsInTime() throws Exception {
    losesNothing(
        REQUESTS,
        (application, out) -> {
          assertTrue(application.waitFor(90, TimeUnit.SECONDS));
          assertEquals(REQUESTS, taken(out).size());
        });
  }

  @Test
  void losesNothingOfWhatItTookWhenTheApplicationIsKilledAsItSends() throws Exception {
    losesNothing(
        20 * REQUESTS,
        (application, out) -> {
          Await.until(
              "the application sends",
              () -> taken(out).size() > REQUESTS || !application.isAlive());
          application.destroyForcibly();
          assertTrue(application.waitFor(90, TimeUnit.SECONDS));
        });
  }

  /** A kubelet whose grace period is spent kills it before its own deadline of ten seconds. */
  @Test
  void saysWhatIsAtStakeBeforeItCanBeKilled() throws Exception {
    backend.mood(OtlpBackend.Mood.HANG);
    Path out = temp.resolve("taken");
    try (Program sidecar = new Launch(temp.resolve("sidecar")).to(backend).run()) {
      Process application = application(sidecar.ports(), 3, out);
      assertTrue(application.waitFor(90, TimeUnit.SECONDS));
      int sent = taken(out).stream().mapToInt(number -> spans(number).size()).sum();
      Await.until("the backend holds it", () -> backend.turnedAway() > 0);
      sidecar.terminate();
      Await.until(
          () -> "it says at once what waits:\n" + sidecar.err(),
          () -> sidecar.err().contains("ending; " + sent + " spans wait: "));
      Await.until(
          () -> "it says what is left:\n" + sidecar.err(),
          () -> sidecar.err().contains(String.format("%,d spans are still to be sent", sent)));
      assertTrue(sidecar.isAlive(), sidecar.err());
      sidecar.kill();
    }
  }
}
