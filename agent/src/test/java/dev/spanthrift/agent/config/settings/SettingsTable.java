package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.RandomnessSource;
import dev.spanthrift.sampler.wire.Signal;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One row for each setting: default, an explicit value, a refused one and what is said of it. */
final class SettingsTable {
  private SettingsTable() {}

  /**
   * One setting.
   *
   * @param byDefault what holds without file and environment
   * @param explicit as written in the file
   * @param value what that means
   * @param refused as written in the file; empty when every text is right
   * @param right part of what is said about the refused value
   */
  record Row(
      String key, Object byDefault, String explicit, Object value, String refused, String right) {}

  private static Row row(
      String key, Object byDefault, String explicit, Object value, String refused, String right) {
    return new Row(key, byDefault, explicit, value, refused, right);
  }

  private static final Object NONE = List.of("none");

  /** Stands for an absent value. */
  static Object none() {
    return NONE;
  }

  static List<Row> rows() {
    return List.of(
        row("listen.grpc.host", "localhost", "0.0.0.0", "0.0.0.0", "a b", "address to listen on"),
        row("listen.grpc.port", 4317, "14317", 14317, "70000", "1 to 65535"),
        row("listen.http.host", "localhost", "::1", "::1", "http://x", "address to listen on"),
        row("listen.http.port", 4318, "0", 0, "many", "whole number"),
        row(
            "listen.http.cors.allowedOrigins",
            List.of(),
            "[https://a.example, 'https://*.b.example']",
            List.of("https://a.example", "https://*.b.example"),
            "[{a: b}]",
            "a list of texts"),
        row(
            "listen.http.cors.allowedHeaders",
            List.of(),
            "x-a, x-b",
            List.of("x-a", "x-b"),
            "{a: b}",
            "a list of texts"),
        row(
            "listen.http.cors.maxAge",
            Duration.ofHours(2),
            "10m",
            Duration.ofMinutes(10),
            "2d",
            "to 24h"),
        row(
            "listen.requestBytesMax",
            ByteSize.ofMebibytes(64),
            "32 MiB",
            ByteSize.ofMebibytes(32),
            "2GiB",
            "from 1KiB to 1GiB"),
        row(
            "listen.pendingBytesMax",
            ByteSize.ofMebibytes(128),
            "1GB",
            new ByteSize(1_000_000_000),
            "1MiB",
            "at least requestBytesMax, 64MiB"),
        row("listen.connectionsMax", 1024, "8", 8, "0", "from 1 to 1000000"),
        row(
            "listen.requestTimeout",
            Duration.ofSeconds(30),
            "5s",
            Duration.ofSeconds(5),
            "0s",
            "from 10ms to 1h"),
        row("listen.idleTimeout", Duration.ofMinutes(5), "1m", Duration.ofMinutes(1), "x", "unit"),
        row(
            "listen.headTimeout",
            Duration.ofSeconds(10),
            "5s",
            Duration.ofSeconds(5),
            "0s",
            "from 10ms to 1h"),
        row(
            "listen.connectionAgeMax",
            NONE,
            "10m",
            Duration.ofMinutes(10),
            "10ms",
            "from 1s to 365d"),
        row(
            "listen.connectionAgeGrace",
            Duration.ofSeconds(30),
            "5s",
            Duration.ofSeconds(5),
            "2h",
            "from 1ms to 1h"),
        row("listen.tls.certificate", NONE, "c.pem", null, "c.pem", "together"),
        row("listen.tls.key", NONE, "k.pem", null, "k.pem", "together"),
        row("listen.tls.clientAuthority", NONE, "ca.pem", null, "ca.pem", "needs certificate"),
        row("admin.host", "127.0.0.1", "0.0.0.0", "0.0.0.0", "' '", "address to listen on"),
        row("admin.port", 4321, "5000", 5000, "4317", "another port than the OTLP ports"),
        row("admin.tokenFile", NONE, "token", Path.of("token"), "[a]", "one value"),
        row("admin.operatorTokenFile", NONE, "ops", Path.of("ops"), "[a]", "one value"),
        row("admin.viewerTokenFile", NONE, "look", Path.of("look"), "[a]", "one value"),
        row(
            "admin.readers",
            SpanthriftSettings.Admin.Readers.LOOPBACK,
            "nobody",
            SpanthriftSettings.Admin.Readers.NOBODY,
            "friends",
            "everybody"),
        row(
            "admin.hosts",
            Set.of(),
            "a.svc, b",
            Set.of("a.svc", "b"),
            "http://a",
            "without scheme and port"),
        row("admin.jwt.issuer", NONE, "https://id.example", null, "https://id", "together"),
        row("admin.jwt.audience", NONE, "spanthrift", null, "spanthrift", "together"),
        row("admin.jwt.keys", NONE, "keys.json", null, "keys.json", "together"),
        row("admin.jwt.claim", "roles", "groups", "groups", "' '", "name of a claim"),
        row(
            "admin.jwt.roles",
            Map.of(),
            "{sre: operator}",
            Map.of("sre", "operator"),
            "{sre: king}",
            "viewer, operator or admin"),
        row("admin.tls.certificate", NONE, "c.pem", null, "c.pem", "together"),
        row("admin.tls.key", NONE, "k.pem", null, "k.pem", "together"),
        row("admin.tls.clientAuthority", NONE, "ca.pem", null, "ca.pem", "needs certificate"),
        row(
            "admin.tls.clients",
            Map.of(),
            "{'CN=a': admin}",
            null,
            "{'CN=a': admin}",
            "needs clientAuthority"),
        row("destinations", List.of(), "[]", List.of(), "nothing", "begin each element with -"),
        row(
            "hold.pause",
            Duration.ofSeconds(1),
            "250ms",
            Duration.ofMillis(250),
            "1",
            "a time with its unit"),
        row(
            "hold.deadline",
            Duration.ofSeconds(20),
            "0m30s",
            Duration.ofSeconds(30),
            "500ms",
            "at least pause, 1s"),
        row(
            "hold.ageMax",
            Duration.ofSeconds(60),
            "2m",
            Duration.ofMinutes(2),
            "10s",
            "from deadline, 20s, to 1h"),
        row("hold.decisionWait", NONE, "2.5s", Duration.ofMillis(2500), "2h", "from 1ms to 1h"),
        row(
            "hold.bytesMax",
            ByteSize.ofMebibytes(64),
            "24MiB",
            ByteSize.ofMebibytes(24),
            "64",
            "a size with its unit"),
        row(
            "hold.rawBytesMax",
            ByteSize.ofMebibytes(8),
            "0B",
            new ByteSize(0),
            "2000GiB",
            "from 0B to 1024GiB"),
        row("hold.tracesMax", 1 << 20, "10", 10, "-1", "from 1 to"),
        row("hold.limbo", Duration.ZERO, "30s", Duration.ofSeconds(30), "1h", "from 0s to 5m"),
        row("decisionMemory.tracesMax", 100_000, "10", 10, "0", "from 1 to"),
        row(
            "policies",
            List.of(),
            "[{name: errors, keep: true, share: 0.5, n: 3, tags: [a]}]",
            List.of(
                Map.of(
                    "name", "errors", "keep", true, "share", 0.5, "n", 3L, "tags", List.of("a"))),
            "[errors]",
            "a rule with keys"),
        row(
            "mode",
            DecisionMode.ENFORCE,
            "shadow",
            DecisionMode.SHADOW,
            "trial",
            "write one of enforce, shadow"),
        row("defaultProbability", new Probability(1), "1/10", new Probability(0.1), "2", "0 to 1"),
        row("stampAlways", false, "true", true, "perhaps", "true or false"),
        row(
            "randomness",
            RandomnessSource.TRACE_ID,
            "hash",
            RandomnessSource.HASH,
            "dice",
            "write one of traceId, hash"),
        row(
            "export.batchBytes",
            new ByteSize(512 << 10),
            "1MiB",
            ByteSize.ofMebibytes(1),
            "1B",
            "from 1KiB to 64MiB"),
        row("export.delay", Duration.ofSeconds(1), "0s", Duration.ZERO, "1h", "from 0s to 1m"),
        row("price.model", NONE, "aws-xray", "aws-xray", "[a]", "one value"),
        row(
            "price.calibration",
            BigDecimal.ONE,
            "1.07",
            new BigDecimal("1.07"),
            "0",
            "from 0.01 to 100"),
        row("price.usage", Map.of(), "{hosts: 5}", Map.of("hosts", "5"), "five", "k=v,k2=v2"),
        row(
            "price.perGb",
            new BigDecimal("0.50"),
            "1.25",
            new BigDecimal("1.25"),
            "-1",
            "from 0 to 1000000"),
        row(
            "price.currency",
            Currency.getInstance("USD"),
            "eur",
            Currency.getInstance("EUR"),
            "gold",
            "three letters"),
        row(
            "price.ownCpuHour",
            new BigDecimal("0.04"),
            "0",
            BigDecimal.ZERO,
            "-0.1",
            "from 0 to 1000000"),
        row(
            "price.ownMemoryGbHour",
            new BigDecimal("0.005"),
            "0.01",
            new BigDecimal("0.01"),
            "cheap",
            "a number"),
        row("budgets", List.of(), "[]", List.of(), "100", "begin each element with -"),
        row(
            "fleet.url",
            NONE,
            "redis://db:6379",
            "redis://db:6379",
            "db:6379",
            "redis://host:port"),
        row("fleet.name", "default", "shop", "shop", "' '", "1 to 64 characters"),
        row("fleet.pod", NONE, "cart-1", "cart-1", "' '", "1 to 128 characters"),
        row("fleet.prefix", "st", "traces", "traces", "a b", "1 to 32 of"),
        row("fleet.database", 0, "3", 3, "-1", "from 0 to"),
        row("fleet.master", NONE, "main", "main", "[a]", "one value"),
        row("fleet.user", NONE, "spans", "spans", "[a]", "one value"),
        row("fleet.passwordFile", NONE, "pw", Path.of("pw"), "[a]", "one value"),
        row("fleet.authority", NONE, "ca.pem", Path.of("ca.pem"), "[a]", "one value"),
        row("fleet.clientCertificate", NONE, "c.pem", null, "c.pem", "together"),
        row("fleet.clientKey", NONE, "k.pem", null, "k.pem", "together"),
        row(
            "fleet.askAfter",
            Duration.ofSeconds(30),
            "20s",
            Duration.ofSeconds(20),
            "1ms",
            "from 1s to 5m"),
        row("fleet.shape", true, "false", false, "perhaps", "true or false"),
        row(
            "fleet.timeout",
            Duration.ofMillis(200),
            "1s",
            Duration.ofSeconds(1),
            "1m",
            "from 10ms to 5s"),
        row("fleet.podsAssumed", 10, "50", 50, "0", "from 1 to"),
        row(
            "controller.url",
            NONE,
            "https://controller.spanthrift.svc:8443",
            null,
            "http://controller:8443",
            "https://host:port"),
        row("controller.tokenFile", NONE, "token", Path.of("token"), "[a]", "one value"),
        row("controller.caFile", NONE, "ca.pem", Path.of("ca.pem"), "[a]", "one value"),
        row("controller.labelsFile", NONE, "labels", Path.of("labels"), "[a]", "one value"),
        row("controller.bootstrapFile", NONE, "b.yaml", null, "b.yaml", "set url too"),
        row(
            "controller.reportEvery",
            Duration.ofSeconds(10),
            "30s",
            Duration.ofSeconds(30),
            "1ms",
            "from 1s to 5m"),
        row(
            "recording.bytesMax",
            ByteSize.ofMebibytes(4),
            "8MiB",
            ByteSize.ofMebibytes(8),
            "32GiB",
            "from 0B to 16GiB"),
        row(
            "recording.maxAge",
            Duration.ofHours(4),
            "30m",
            Duration.ofMinutes(30),
            "1s",
            "from 1m to"),
        row(
            "explain.bytesMax",
            ByteSize.ofMebibytes(8),
            "2MiB",
            ByteSize.ofMebibytes(2),
            "5GiB",
            "from 0B to 4GiB"),
        row(
            "explain.traceUrl",
            NONE,
            "https://tempo.example/t/{traceId}",
            "https://tempo.example/t/{traceId}",
            "javascript:alert('{traceId}')",
            "https://host/path/{traceId}"),
        row(
            "stateDir",
            Path.of(System.getProperty("user.home"), ".local/state/spanthrift"),
            "state",
            Path.of("state"),
            "{a: b}",
            "one value"),
        row(
            "telemetry.endpoint",
            NONE,
            "http://collector:4318",
            URI.create("http://collector:4318"),
            "collector",
            "http://host:port"),
        row(
            "telemetry.protocol",
            Protocol.HTTP_PROTOBUF,
            "grpc",
            Protocol.GRPC,
            "thrift",
            "grpc, http/protobuf"),
        row(
            "telemetry.headers",
            Map.of(),
            "{api-key: a=b}",
            Map.of("api-key", "a=b"),
            "novalue",
            "k=v,k2=v2"),
        row(
            "telemetry.compression",
            Compression.GZIP,
            "zstd",
            Compression.ZSTD,
            "lz4",
            "gzip, zstd, none"),
        row("telemetry.authority", NONE, "ca.pem", Path.of("ca.pem"), "[a]", "one value"),
        row("telemetry.clientCertificate", NONE, "c.pem", null, "c.pem", "together"),
        row("telemetry.clientKey", NONE, "k.pem", null, "k.pem", "together"),
        row(
            "telemetry.interval",
            Duration.ofSeconds(60),
            "10s",
            Duration.ofSeconds(10),
            "1ms",
            "from 1s to 1h"),
        row("telemetry.operationsMax", 20, "0", 0, "-1", "from 0 to 100000"),
        row(
            "alerts.webhook.url",
            NONE,
            "https://hooks.example/a",
            URI.create("https://hooks.example/a"),
            "hooks.example",
            "write it as http://host/path"),
        row("alerts.webhook.urlFile", NONE, "u.txt", Path.of("u.txt"), "[a]", "one value"),
        row(
            "alerts.webhook.format",
            AlertSettings.Format.GENERIC,
            "slack",
            AlertSettings.Format.SLACK,
            "teams",
            "generic, slack"),
        row("alerts.webhook.secretFile", NONE, "s.txt", Path.of("s.txt"), "[a]", "one value"),
        row(
            "alerts.page",
            URI.create("http://localhost:4321/"),
            "https://spanthrift.example/",
            URI.create("https://spanthrift.example/"),
            "spanthrift",
            "http://host:port/"),
        row(
            "alerts.forecastOver",
            BigDecimal.ONE,
            "1.2",
            new BigDecimal("1.2"),
            "-1",
            "from 0 to 1000"),
        row(
            "alerts.budgetUsed",
            new Probability(1),
            "0.9",
            new Probability(0.9),
            "2",
            "a number from 0 to 1"),
        row("alerts.mustKeepOver", 1, "0", 0, "-1", "from 0 to 1000000"),
        row(
            "alerts.errorRate",
            new BigDecimal("3"),
            "0",
            new BigDecimal("0"),
            "0.5",
            "from 1 to 1000"),
        row("alerts.latency", new BigDecimal("3"), "2", new BigDecimal("2"), "0.5", "from 1 to"),
        row(
            "alerts.destinationAway",
            Duration.ofMinutes(1),
            "5m",
            Duration.ofMinutes(5),
            "25h",
            "from 0s to 24h"),
        row(
            "alerts.queueFilling",
            new Probability(0.5),
            "0",
            new Probability(0),
            "half",
            "a number from 0 to 1"),
        row(
            "alerts.engineAway",
            Duration.ofMinutes(1),
            "0s",
            Duration.ZERO,
            "25h",
            "from 0s to 24h"),
        row(
            "alerts.slowQuery",
            Duration.ofSeconds(1),
            "200ms",
            Duration.ofMillis(200),
            "2h",
            "from 0s to 1h"),
        row(
            "alerts.window",
            Duration.ofMinutes(1),
            "10s",
            Duration.ofSeconds(10),
            "100ms",
            "from 1s to 1h"),
        row(
            "shutdown.deadline",
            Duration.ofSeconds(10),
            "25s",
            Duration.ofSeconds(25),
            "1h",
            "from 0s to 10m"));
  }

  /** The keys of one destination, beside the endpoint that each needs. */
  static List<Row> destinationRows() {
    return List.of(
        row("name", "default", "west", "west", "' '", "write a name"),
        row(
            "endpoint",
            URI.create("http://backend:9999"),
            "https://other:1/base",
            URI.create("https://other:1/base"),
            "backend:9999",
            "http://host:port"),
        row("endpointExact", false, "false", false, "true", "exactly one signal"),
        row(
            "protocol",
            Protocol.HTTP_PROTOBUF,
            "grpc",
            Protocol.GRPC,
            "thrift",
            "grpc, http/protobuf"),
        row(
            "signals",
            Set.of(Signal.values()),
            "[traces, logs]",
            Set.of(Signal.TRACES, Signal.LOGS),
            "[spans]",
            "traces, metrics, logs, profiles"),
        row("headers", Map.of(), "k=v%20w", Map.of("k", "v w"), "{'a b': c}", "header name"),
        row("compression", Compression.GZIP, "zstd", Compression.ZSTD, "lz4", "gzip, zstd, none"),
        row(
            "timeout",
            Duration.ofSeconds(10),
            "3s",
            Duration.ofSeconds(3),
            "1ms",
            "from 10ms to 10m"),
        row(
            "queueBytesMax",
            ByteSize.ofMebibytes(64),
            "1MiB",
            ByteSize.ofMebibytes(1),
            "1KiB",
            "from 64KiB"),
        row("requestsMax", 8, "16", 16, "0", "from 1 to 1000"),
        row("retryFor", Duration.ofMinutes(5), "0s", Duration.ZERO, "2d", "from 0s to 24h"),
        row("authority", NONE, "ca.pem", Path.of("ca.pem"), "[a]", "one value"),
        row("clientCertificate", NONE, "c.pem", null, "c.pem", "together"),
        row("clientKey", NONE, "k.pem", null, "k.pem", "together"),
        row(
            "proxy",
            NONE,
            "'http://me:secret@proxy:3128'",
            "http://me:secret@proxy:3128",
            "'socks5://proxy:1080'",
            "http://proxy:3128"),
        row(
            "auth",
            AuthSettings.NONE,
            "{token: t}",
            new AuthSettings(null, null, null, null, "t", null, "Authorization", "Bearer"),
            "{token: t, username: u}",
            "either a token or user and password"));
  }

  /** The keys of one budget, beside the amount that each needs. */
  static List<Row> budgetRows() {
    return List.of(
        row("name", "all", "team a", "team a", "' '", "write a name"),
        row(
            "amount",
            new BigDecimal("100"),
            "12.50",
            new BigDecimal("12.50"),
            "-0.01",
            "from 0 to 1e15"),
        row("currency", NONE, "eur", Currency.getInstance("EUR"), "gold", "three letters"),
        row(
            "period",
            BudgetSettings.Period.MONTH,
            "hour",
            BudgetSettings.Period.HOUR,
            "year",
            "hour, day, month"),
        row(
            "zone",
            ZoneId.of("UTC"),
            "Europe/Berlin",
            ZoneId.of("Europe/Berlin"),
            "Moon",
            "Europe/Berlin or UTC"),
        row("firstDay", 1, "31", 31, "32", "from 1 to 31"),
        row(
            "scope",
            Map.of(),
            "{service.name: cart}",
            Map.of("service.name", "cart"),
            "cart",
            "k=v,k2=v2"),
        row("keepMin", new Probability(0), "1%", new Probability(.01), "2", "0 to 1"),
        row("keepMax", new Probability(1), "0.5", new Probability(.5), "0", "above 0"),
        row("hourlyMin", NONE, "0.1", new BigDecimal("0.1"), "-1", "from 0 to 1e15"),
        row("hourlyMax", NONE, "3", new BigDecimal("3"), "much", "a number"),
        row("policyShareMax", new Probability(1), "1/2", new Probability(.5), "all", "0 to 1"),
        row("hard", true, "false", false, "soft", "true or false"),
        row(
            "share",
            NONE,
            "sidecar",
            BudgetSettings.Share.SIDECAR,
            "all",
            "one of fleet, sidecar"));
  }
}
