package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The sidecar's image, unpacked and started as its configuration says. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "images are built on Linux")
@Timeout(300)
class ImageIT {
  @TempDir static Path temp;
  private static UnpackedImage image;

  @BeforeAll
  static void unpack() throws IOException {
    Path tar = ImageProcess.requireImage();
    temp.toFile().setExecutable(true, false); // uid 65532 walks through it
    temp.toFile().setReadable(true, false);
    image = UnpackedImage.of(tar, temp.resolve("image"));
  }

  @FunctionalInterface
  private interface Start {
    ImageProcess of(
        UnpackedImage image, Map<String, String> environment, List<String> words, Path folder)
        throws IOException;
  }

  private static Map<String, String> environment(Path state, String... more) {
    Map<String, String> environment = new HashMap<>(image.environment());
    if (state != null) {
      environment.put("SPANTHRIFT_STATE_DIR", state.toString());
    }
    for (String port : List.of("LISTEN_GRPC", "LISTEN_HTTP", "ADMIN")) {
      environment.put("SPANTHRIFT_" + port + "_PORT", "0");
    }
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private static ImageProcess start(Start how, Path state, List<String> words, String... more)
      throws IOException {
    Path folder = Files.createTempDirectory(temp, "run");
    return how.of(image, environment(state, more), image.words(words), folder);
  }

  private static Span span() {
    SecureRandom random = new SecureRandom();
    long now = System.currentTimeMillis() * 1_000_000;
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(random.generateSeed(16)))
        .setSpanId(ByteString.copyFrom(random.generateSeed(8)))
        .setName("GET /cart")
        .setKind(Span.SpanKind.SPAN_KIND_SERVER)
        .setStartTimeUnixNano(now)
        .setEndTimeUnixNano(now + 1_000_000)
        .build();
  }

  private static void sendAndEnd(Start how, Path state, String memory) throws Exception {
    try (TraceBackend backend = new TraceBackend();
        ImageProcess program =
            start(
                how,
                state,
                List.of(),
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                backend.endpoint(),
                "OTEL_EXPORTER_OTLP_COMPRESSION",
                "zstd",
                "SPANTHRIFT_MEMORY",
                memory)) {
      int[] ports = program.awaitReady();
      Span sent = span();
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.newBuilder()
              .addResourceSpans(
                  ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(sent)))
              .build();
      assertEquals(200, program.post(ports[1], request.toByteArray()));
      Span got = backend.await().getResourceSpans(0).getScopeSpans(0).getSpans(0);
      assertEquals(sent.getTraceId(), got.getTraceId());
      JsonNode status = program.status(ports[2]);
      assertEquals("used", status.path("start").path("aotCache").asString(), program.err());
      assertEquals(
          Long.parseLong(memory.replace("Mi", "")) << 20,
          status.path("memory").path("bytesMax").asLong());
      for (String library : List.of("libzstd-jni", "libnetty_transport_native_epoll")) {
        assertTrue(
            program
                .maps()
                .lines()
                .anyMatch(line -> line.contains("/opt/spanthrift/native/" + library)),
            library + " comes from the image, not from /tmp:\n" + program.err());
      }
      if (state == null) {
        assertTrue(
            program.kernelStatus().contains("Uid:\t65532\t65532\t65532\t65532"), "not as root");
      }
      assertEquals(0, program.terminate(), program.err());
      assertFalse(program.err().contains("WARN"), program.err());
    }
  }

  private static void assumeContainer() throws Exception {
    boolean can = ImageProcess.canContain();
    if (!can) {
      System.err.println(
          "ImageIT SKIPS the container: only root may mount; the image runs outside of one"
              + " instead");
    }
    assumeTrue(can, "only root may mount");
  }

  @Test
  void passesATraceOnInAContainerThatCanWriteNothingButItsState() throws Exception {
    assumeContainer();
    sendAndEnd(ImageProcess::contained, null, "256Mi");
  }

  @Test
  void takesTheMemoryThatItIsGiven() throws Exception {
    assumeContainer();
    sendAndEnd(ImageProcess::contained, null, "512Mi");
  }

  @Test
  void passesATraceOnOutsideOfAContainer() throws Exception {
    sendAndEnd(ImageProcess::outside, Files.createTempDirectory(temp, "state"), "256Mi");
  }

  @Test
  void helpAndCheckAnswer() throws Exception {
    boolean contained = ImageProcess.canContain();
    Start how = contained ? ImageProcess::contained : ImageProcess::outside;
    Path state = contained ? null : Files.createTempDirectory(temp, "state");
    try (ImageProcess help = start(how, state, List.of("help"))) {
      assertEquals(0, help.exit(), help.err());
      assertTrue(help.out().contains("Usage: spanthrift"), help.out());
    }
    try (TraceBackend backend = new TraceBackend();
        ImageProcess check =
            start(
                how,
                state,
                List.of("check"),
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                backend.endpoint(),
                "OTEL_EXPORTER_OTLP_COMPRESSION",
                "zstd")) {
      assertEquals(0, check.exit(), check.out() + check.err());
      assertTrue(check.out().contains("memory 256 MiB"), check.out());
    }
  }

  @Test
  void saysWhatIsWrongWithAMemoryAndEnds() throws Exception {
    Path state = Files.createTempDirectory(temp, "state");
    try (ImageProcess program =
        start(ImageProcess::outside, state, List.of("check"), "SPANTHRIFT_MEMORY", "much")) {
      assertEquals(1, program.exit());
      assertEquals(
          "spanthrift: SPANTHRIFT_MEMORY=much is no size; write it such as 256Mi\n", program.err());
    }
  }

  @Test
  void holdsNoShellAndNothingThatIsNotRoots() throws Exception {
    image
        .owners()
        .forEach(
            (path, owner) -> {
              boolean isState = path.equals("/var/lib/spanthrift");
              assertEquals(isState ? 65532 : 0, owner.user(), path);
              assertEquals(0, owner.mode() & 06000, path + " sets no other user");
              assertTrue(
                  (owner.mode() & 022) == 0 || path.equals("/tmp"), path + " is not to be written");
            });
    try (Stream<Path> files = Files.walk(image.root())) {
      List<String> programs =
          files
              .filter(Files::isRegularFile)
              .filter(Files::isExecutable)
              .map(path -> "/" + image.root().relativize(path))
              .filter(path -> !path.contains("/ld-"))
              .sorted()
              .toList();
      assertEquals(List.of("/opt/java/bin/java"), programs);
    }
    assertEquals("65532:65532", image.configuration().path("config").path("User").asString());
  }

  @Test
  void isNamedAsTheKubeletLooksForIt() {
    JsonNode entry = image.index().path("manifests").path(0);
    String name = entry.path("annotations").path("io.containerd.image.name").asString();
    assertTrue(name.matches("docker\\.io/library/spanthrift:\\d+\\.\\d+\\.\\d+"), name);
    assertEquals(
        ImageProcess.architecture(), entry.path("platform").path("architecture").asString());
  }

  @Test
  void isAtMost100Megabytes() {
    long bytes = 0;
    for (JsonNode layer : image.manifest().path("layers")) {
      bytes += layer.path("size").asLong();
    }
    assertTrue(bytes <= 100_000_000, "compressed: " + bytes);
  }
}
