package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.agent.receive.TestKeys;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and passwords between a sidecar and a real engine's TLS port. */
@Timeout(120)
class EngineTlsTest {
  @TempDir static Path keys;
  @TempDir Path folder;
  private static TestKeys ours;
  private static TestKeys stranger;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final int port = RedisServer.freePort();

  @BeforeAll
  static void make() throws Exception {
    ours = TestKeys.create(keys, "sidecar");
    stranger = TestKeys.create(keys, "stranger");
  }

  private RedisServer engine(TestKeys with, String... options) {
    RedisServer server = RedisServer.startTls(folder, port, with, options);
    open.add(server);
    return server;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private FleetSettings settings(
      Path authority, @Nullable TestKeys shown, @Nullable String user, @Nullable Path password) {
    return new FleetSettings(
        "rediss://127.0.0.1:" + port,
        "default",
        "pod",
        "st",
        0,
        null,
        user,
        password,
        authority,
        shown == null ? null : shown.certificate(),
        shown == null ? null : shown.key(),
        Duration.ofSeconds(30),
        true,
        Duration.ofSeconds(2),
        10);
  }

  private FleetDoor fleet(FleetSettings settings) {
    FleetDoor fleet = FleetDoor.open(settings, 1_000, true);
    open.add(fleet);
    return fleet;
  }

  private static double tellAndAsk(FleetDoor fleet, long trace) {
    LedgerBatch told = new LedgerBatch();
    told.tell(trace, trace, .5, TraceClass.ERROR, 0);
    RedisKeepLedgerTest.exchange(fleet.ledger(), told);
    LedgerBatch asked = new LedgerBatch();
    asked.ask(trace, trace, false, 10);
    RedisKeepLedgerTest.exchange(fleet.ledger(), asked);
    return asked.askTold(0);
  }

  /** The engine itself has the trace: nobody's own part answered. */
  private static void assertTold(FleetDoor fleet, RedisServer server) {
    RedisKeepLedgerTest.await(() -> !fleet.status().away());
    assertEquals(.5, tellAndAsk(fleet, 7));
    assertEquals(Map.of(), fleet.status().errors());
    assertEquals(0, fleet.status().traffic().answeredAlone());
    assertFalse(server.command("DBSIZE").equals(":0"));
  }

  /** Refused with these words, in status and check; the sidecar decides alone. */
  private void assertRefused(FleetSettings settings, String... words) {
    FleetDoor fleet = fleet(settings);
    RedisKeepLedgerTest.await(() -> !fleet.status().lastError().equals(Engine.NOT_YET));
    assertEquals(.5, tellAndAsk(fleet, 7)); // its own part answers
    assertTrue(fleet.status().away());
    String check = EngineCheck.of(settings).detail();
    for (String word : words) {
      assertTrue(fleet.status().lastError().contains(word), fleet.status().lastError());
      assertTrue(check.contains(word), check);
    }
  }

  @Test
  void keepsAreToldOverTls() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    RedisServer server = engine(engine, "--tls-auth-clients", "no");
    assertTold(fleet(settings(engine.certificate(), null, null, null)), server);
  }

  @Test
  void keepsAreToldOverTlsWithCertificatesOfBothSides() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    RedisServer server = engine(engine, "--tls-ca-cert-file", ours.certificate().toString());
    assertTold(fleet(settings(engine.certificate(), ours, null, null)), server);
  }

  @Test
  void anEngineThatKnowsNoCertificateOfOursIsNamed() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    engine(engine, "--tls-ca-cert-file", ours.certificate().toString());
    assertRefused(settings(engine.certificate(), null, null, null), "certificate");
    assertRefused(settings(engine.certificate(), stranger, null, null), "TLS", "unknown_ca");
  }

  @Test
  void anEngineOfAnotherAuthorityIsRefused() throws Exception {
    engine(TestKeys.create(folder, "engine"), "--tls-auth-clients", "no");
    assertRefused(settings(stranger.certificate(), null, null, null), "TLS", "certification path");
  }

  @Test
  void anEngineWhoseCertificateHasEndedIsRefused() throws Exception {
    TestKeys engine = TestKeys.ended(keys, "engine", "sidecar");
    engine(engine, "--tls-auth-clients", "no");
    assertRefused(settings(ours.certificate(), null, null, null), "TLS", "NotAfter");
  }

  @Test
  void anEngineWithTheCertificateOfAnotherNameIsRefused() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine", "dns:elsewhere.example");
    engine(engine, "--tls-auth-clients", "no");
    assertRefused(settings(engine.certificate(), null, null, null), "TLS", "127.0.0.1");
  }

  @Test
  void aPlainPortUnderRedissIsGivenUp() {
    open.add(RedisServer.begin(folder, port));
    FleetSettings settings = settings(ours.certificate(), null, null, null);
    assertRefused(settings, "does not answer in time");
    assertTrue(EngineCheck.of(settings).detail().endsWith("is it a port that speaks TLS?"));
  }

  @Test
  void aRotatedPasswordIsTakenByTheNextConnection() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    RedisServer server = engine(engine, "--tls-auth-clients", "no");
    AccessRulesTest.allow(server, "first");
    Path file = Files.writeString(folder.resolve("password"), "first\n");
    FleetDoor fleet = fleet(settings(engine.certificate(), null, "spans", file));
    assertTold(fleet, server);
    AccessRulesTest.allow(server, "second");
    Files.writeString(file, "second\n");
    cut(server);
    RedisKeepLedgerTest.await(() -> tellAndAsk(fleet, 8) == .5 && !fleet.status().away());
  }

  @Test
  void aFileThatIsRotatedLaterThanTheEngineIsReadUntilItFits() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    RedisServer server = engine(engine, "--tls-auth-clients", "no");
    AccessRulesTest.allow(server, "first");
    Path file = Files.writeString(folder.resolve("password"), "first\n");
    FleetDoor fleet = fleet(settings(engine.certificate(), null, "spans", file));
    assertTold(fleet, server);
    AccessRulesTest.allow(server, "second");
    cut(server);
    RedisKeepLedgerTest.await(() -> tellAndAsk(fleet, 8) == .5 && fleet.status().away());
    Files.writeString(file, "second\n");
    RedisKeepLedgerTest.await(() -> tellAndAsk(fleet, 9) == .5 && !fleet.status().away());
  }

  @Test
  void aPasswordFileThatIsNotThereIsNamed() throws Exception {
    TestKeys engine = TestKeys.create(folder, "engine");
    engine(engine, "--tls-auth-clients", "no");
    Path file = folder.resolve("none");
    assertRefused(
        settings(engine.certificate(), null, "spans", file), "passwordFile", file.toString());
  }

  /** As if the network broke: who comes back must say the password again. */
  private static void cut(RedisServer server) {
    server.command("CLIENT", "KILL", "USER", "spans");
  }
}
