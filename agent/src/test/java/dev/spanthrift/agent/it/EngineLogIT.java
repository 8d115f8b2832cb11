package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.fleet.RedisServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the program says of an engine that is configured and is not there. */
@Timeout(180)
class EngineLogIT {
  /** Of 200 ms, 400 ms and so on: after the sixth twelve seconds and more have passed. */
  private static final int ATTEMPTS = 6;

  @TempDir Path temp;

  private static long failures(Program program) {
    return program.json("/api/v1/fleet").at("/here/errors/connection").asLong();
  }

  private static List<String> ofEngine(Program program) {
    return program.err().lines().filter(line -> line.contains("engine")).toList();
  }

  @Test
  void anEngineThatIsNotThereIsNamedOnceAndItsAttemptsAreCounted() {
    int port = RedisServer.freePort();
    String address = "redis://127.0.0.1:" + port;
    try (OtlpBackend backend = new HttpBackend();
        Program program =
            new Launch(temp).to(backend).yaml("fleet: {url: '" + address + "'}\n").run()) {
      Await.until(
          () -> ATTEMPTS + " attempts: " + program.json("/api/v1/fleet") + program.err(),
          () -> failures(program) >= ATTEMPTS);
      List<String> said = ofEngine(program);
      assertEquals(1, said.size(), program.err());
      assertTrue(
          said.getFirst().contains("the engine at " + address + " cannot be reached"),
          said::toString);
      assertTrue(program.err().lines().count() <= 5, program.err());
    }
  }

  @Test
  void whenItComesItIsSaidAfterHowManyAttempts() {
    int port = RedisServer.freePort();
    try (OtlpBackend backend = new HttpBackend();
        Program program =
            new Launch(temp)
                .to(backend)
                .yaml("fleet: {url: 'redis://127.0.0.1:" + port + "'}\n")
                .run()) {
      Await.until("two attempts failed", () -> failures(program) >= 2);
      try (RedisServer engine = RedisServer.begin(temp.resolve("engine"), port)) {
        Await.until(
            () -> "connected: " + program.err(),
            () -> program.err().contains("attempts that failed within"));
        assertTrue(program.err().lines().count() <= 7, program.err());
        assertEquals(port, engine.port());
      }
    }
  }
}
