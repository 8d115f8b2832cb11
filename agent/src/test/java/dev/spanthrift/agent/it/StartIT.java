package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a start loads, with and without an AOT cache, and what of it is said. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StartIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String LOADED = "-Xlog:class+load:stderr";

  @TempDir static Path temp;

  /** A distribution of its own: launcher, jar, libraries. */
  private static Path installation() throws IOException {
    Path target = temp.resolve("an installation/agent/target");
    Path script = temp.resolve("an installation/spanthrift");
    if (!Files.exists(target)) {
      Files.createDirectories(target);
      Files.copy(ROOT.resolve("spanthrift"), script);
      assertTrue(script.toFile().setExecutable(true));
      Files.copy(ROOT.resolve("agent/target/spanthrift.jar"), target.resolve("spanthrift.jar"));
      Files.createSymbolicLink(target.resolve("lib"), ROOT.resolve("agent/target/lib"));
    }
    return script;
  }

  /** But for the one that logback finds in Spring's jar when it looks for who configures it. */
  private static boolean isOfSpring(String line) {
    return line.contains("org.springframework.") && !line.contains("RootLogLevelConfigurator");
  }

  private static void noSpringBeforeSomebodyAsks(Program program) {
    assertEquals(200, program.get("/healthz").statusCode());
    assertEquals(200, program.get("/readyz").statusCode());
    assertEquals(200, program.get("/actuator/prometheus").statusCode());
    assertTrue(program.err().contains("dev.spanthrift.agent.Sidecar"));
    assertEquals(
        List.of(),
        program.err().lines().filter(StartIT::isOfSpring).toList(),
        "classes of Spring are loaded");
    assertFalse(program.err().contains("picocli."), "classes of picocli are loaded");
    assertEquals(200, program.get("/").statusCode(), "the first request is answered");
    assertTrue(program.err().lines().anyMatch(StartIT::isOfSpring));
  }

  @Test
  @Order(1)
  void loadsNoSpringBeforeTheFirstRequestForThePage() {
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp.resolve("without"))
                .to(backend)
                .env("SPANTHRIFT_JAVA_OPTS", LOADED)
                .run()) {
      noSpringBeforeSomebodyAsks(program);
      assertEquals("off", program.status().path("start").path("aotCache").asString());
    }
  }

  @Test
  @Order(2)
  void aCacheOfTheVerbWarmIsUsedAndLoadsNoMore() throws IOException {
    Launch launch = new Launch(temp.resolve("with")).env("SPANTHRIFT_AOT", "use");
    try (Program warm = launch.callOf(installation(), "warm")) {
      assertEquals(0, warm.exit(), warm.err());
    }
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            launch
                .to(backend)
                .env("SPANTHRIFT_JAVA_OPTS", LOADED)
                .env("SPANTHRIFT_MEMORY", "256Mi")
                .runOf(installation())) {
      noSpringBeforeSomebodyAsks(program);
      assertEquals("used", program.status().path("start").path("aotCache").asString());
      assertEquals(256L << 20, program.status().path("memory").path("bytesMax").asLong());
      assertEquals(1.0, program.metrics().get("spanthrift_aot_cache{state=\"used\"}"));
    }
  }

  @Test
  @Order(3)
  void aCacheThatDoesNotFitIsPutAsideAndSaid() throws IOException {
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp.resolve("unfit"))
                .to(backend)
                .env("SPANTHRIFT_AOT", "use")
                .env("SPANTHRIFT_JAVA_OPTS", "-XX:-UseCompactObjectHeaders")
                .runOf(installation())) {
      assertEquals("unfit", program.status().path("start").path("aotCache").asString());
      assertEquals(1.0, program.metrics().get("spanthrift_aot_cache{state=\"unfit\"}"));
      assertTrue(program.err().contains("the AOT cache does not fit"), program.err());
      assertFalse(program.err().contains("[aot]"), "the JVM itself is silent");
    }
  }
}
