package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.RandomnessSource;
import dev.spanthrift.sampler.trace.HoldSettings;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, as one tree; read once at start.
 *
 * <p>{@code spanthrift.example.yaml} shows every key with its sentence, default and environment
 * variable, and is written from these records.
 */
public record SpanthriftSettings(
    @Setting("Where OTLP is received.") ListenSettings listen,
    @Setting("REST, page, health and /actuator/prometheus.") Admin admin,
    @Setting(
            "Backends. Without any, one is made from OTEL_EXPORTER_OTLP_ENDPOINT and its"
                + " relatives.")
        List<DestinationSettings> destinations,
    @Setting("How long the spans of a trace wait for each other, and how much may wait.") Hold hold,
    @Setting("What is remembered of decided traces, for spans that come late.")
        DecisionMemory decisionMemory,
    @Setting("Ordered rules, the first that matches decides; empty means defaultProbability alone.")
        List<Map<String, Object>> policies,
    @Setting(
            value =
                "enforce, or shadow: every trace is decided and counted, and none is dropped,"
                    + " whatever policies and budgets say.",
            byDefault = "enforce")
        DecisionMode mode,
    @Setting(
            value = "Probability of a trace that no policy matches; 1 keeps everything.",
            byDefault = "1")
        Probability defaultProbability,
    @Setting(
            value =
                "Whether spans kept for certain get ot=th:0 as well; the specification leaves them"
                    + " untouched.",
            byDefault = "false")
        boolean stampAlways,
    @Setting(
            value =
                "What a trace's probability is compared with where its trace state has no rv:"
                    + " traceId, its last 7 bytes, as the specification has it; or hash of the"
                    + " whole id, for ids that are not random there, written as rv beside th.",
            byDefault = "traceId")
        RandomnessSource randomness,
    @Setting("How kept spans are put together into requests.") Export export,
    @Setting("What traces cost: a price model, or one plain price.") Price price,
    @Setting(
            "Money for traces by period. All that match a trace's resource must hold; without any"
                + " the books are kept and nothing is limited.")
        List<BudgetSettings> budgets,
    @Setting(
            "Whole traces across pods: what one sidecar keeps, all keep. On a Redis or Valkey that"
                + " you run; off without a url.")
        FleetSettings fleet,
    @Setting(
            "Policy and budgets as objects of Kubernetes, from the cluster's controller"
                + " (docs/POLICY-OBJECTS.md); off without a url.")
        ControllerSettings controller,
    @Setting(
            "The last spans received, as columns without payload, so that what-if can be asked of"
                + " them.")
        Recording recording,
    @Setting("The last decisions, so that it can be asked why a trace was kept or dropped.")
        Explain explain,
    @Setting(
            value = "Folder for what survives a restart; ~ is the user's home.",
            byDefault = "~/.local/state/spanthrift")
        Path stateDir,
    @Setting("The program's own metrics as OTLP.") Telemetry telemetry,
    @Setting("When people are told that something is wrong, and how.") AlertSettings alerts,
    @Setting("What happens on SIGTERM.") Shutdown shutdown) {

  /** The port of operators. */
  public record Admin(
      @Setting(value = "Address to bind.", byDefault = "127.0.0.1") String host,
      @Setting(value = "Port; 0 takes any free one.", byDefault = "4321") int port,
      @Setting(
              "File with the bearer token of the role admin, which may change everything; a line"
                  + " for each where there are several. Without any token everything is read-only.")
          @Nullable Path tokenFile,
      @Setting(
              "File with tokens of the role operator: kill switch, boosts and what else ends by"
                  + " itself.")
          @Nullable Path operatorTokenFile,
      @Setting("File with tokens of the role viewer, which reads.") @Nullable Path viewerTokenFile,
      @Setting(
              value =
                  "Who may read without a token: loopback, this machine and all containers of the"
                      + " pod; everybody; or nobody. Probes, scrapes and the files of the page are"
                      + " for everybody.",
              byDefault = "loopback")
          Readers readers,
      @Setting(
              "Names under which it may be called, such as spanthrift.monitoring.svc: as a list, or"
                  + " with commas. localhost, IP addresses and this machine's own name always may.")
          Set<String> hosts,
      @Setting("Tokens that an identity provider has signed.") AdminJwt jwt,
      @Setting("TLS of this port.") AdminTls tls) {
    /** Who may read without a token. */
    public enum Readers {
      LOOPBACK,
      EVERYBODY,
      NOBODY;

      /** As it is written. */
      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    public Admin {
      host = Checks.bare(host);
      hosts = Set.copyOf(hosts);
      Checks checks = new Checks().host("host", host).port("port", port);
      for (String name : hosts) {
        checks.that(
            NAME.matcher(name).matches(),
            "hosts",
            name,
            "a name as it stands in a URL, without scheme and port");
      }
      checks.done();
    }
  }

  /** Spans of one trace wait for each other. */
  public record Hold(
      @Setting(
              value = "A trace is decided after this much silence once its local root has ended.",
              byDefault = "1s")
          Duration pause,
      @Setting(
              value = "A trace whose local root was not seen is decided after this much silence.",
              byDefault = "20s")
          Duration deadline,
      @Setting(
              value = "A trace is decided this long after its first span, whatever still arrives.",
              byDefault = "60s")
          Duration ageMax,
      @Setting(
              "If set, every trace is decided exactly this long after its first span; pause,"
                  + " deadline and ageMax then mean nothing.")
          @Nullable Duration decisionWait,
      @Setting(
              value = "Memory of what waits; above it the oldest traces are decided early.",
              byDefault = "64MiB")
          ByteSize bytesMax,
      @Setting(
              value =
                  "Bytes of these that may wait uncompressed; never more than a quarter of"
                      + " bytesMax.",
              byDefault = "8MiB")
          ByteSize rawBytesMax,
      @Setting(
              value = "Traces that wait; above it the oldest are decided early.",
              byDefault = "1048576")
          int tracesMax,
      @Setting(
              value =
                  "Without a fleet: a decided fragment with a probability below 1 waits so long,"
                      + " within bytesMax, for a part of its trace that is kept, such as one with a"
                      + " late error. For a gateway, where the parts come from many senders. 0s:"
                      + " nobody waits.",
              byDefault = "0s")
          Duration limbo) {
    public Hold {
      new Checks()
          .between("limbo", limbo, Duration.ZERO, Duration.ofMinutes(5))
          .between("pause", pause, Duration.ZERO, Duration.ofHours(1))
          .between("deadline", deadline, Duration.ofMillis(1), Duration.ofHours(1))
          .that(
              deadline.compareTo(pause) >= 0,
              "deadline",
              Values.text(deadline),
              "at least pause, " + Values.text(pause))
          .that(
              ageMax.compareTo(deadline) >= 0 && ageMax.compareTo(Duration.ofHours(1)) <= 0,
              "ageMax",
              Values.text(ageMax),
              "from deadline, " + Values.text(deadline) + ", to 1h")
          .between(
              "decisionWait",
              decisionWait == null ? Duration.ofSeconds(1) : decisionWait,
              Duration.ofMillis(1),
              Duration.ofHours(1))
          .between("bytesMax", bytesMax, ByteSize.ofMebibytes(1), new ByteSize(1L << 40))
          .between("rawBytesMax", rawBytesMax, new ByteSize(0), new ByteSize(1L << 40))
          .between("tracesMax", tracesMax, 1, 100_000_000)
          .done();
    }

    /** The sampler's, with this much memory for what waits. */
    public HoldSettings within(long heldBytesMax) {
      return new HoldSettings(
          pause,
          deadline,
          ageMax,
          decisionWait,
          heldBytesMax,
          Math.min(rawBytesMax.bytes(), heldBytesMax / 4),
          tracesMax);
    }
  }

  /** Late spans follow the decision of their trace. */
  public record DecisionMemory(
      @Setting(value = "Decided traces remembered; the oldest are forgotten.", byDefault = "100000")
          int tracesMax) {
    public DecisionMemory {
      new Checks().between("tracesMax", tracesMax, 1, 100_000_000).done();
    }
  }

  /** Kept spans become requests. */
  public record Export(
      @Setting(value = "A request is sent when it has this size.", byDefault = "512KiB")
          ByteSize batchBytes,
      @Setting(value = "A request is sent this long after its first span.", byDefault = "1s")
          Duration delay) {
    public Export {
      new Checks()
          .between("batchBytes", batchBytes, new ByteSize(1024), ByteSize.ofMebibytes(64))
          .between("delay", delay, Duration.ZERO, Duration.ofMinutes(1))
          .done();
    }
  }

  /** Money for spans. */
  public record Price(
      @Setting(
              "Name of a price model that comes with the program, such as grafana-cloud-traces, or"
                  + " a .yaml file of your own. Without it perGb counts.")
          @Nullable String model,
      @Setting(value = "Bytes by the vendor's bill, divided by what we estimated.", byDefault = "1")
          BigDecimal calibration,
      @Setting(
              "Monthly quantities that only you know and allotments follow from, such as"
                  + " {hosts: 5}.")
          Map<String, String> usage,
      @Setting(
              value = "Without a model: price of one GB (10^9 bytes) of spans, before compression.",
              byDefault = "0.50")
          BigDecimal perGb,
      @Setting(value = "Without a model: currency of that price, ISO 4217.", byDefault = "USD")
          Currency currency,
      @Setting(
              value =
                  "Your price of one processor for an hour, for the program's own cost; the default"
                      + " is a round guess.",
              byDefault = "0.04")
          BigDecimal ownCpuHour,
      @Setting(value = "Your price of one GB of memory for an hour, likewise.", byDefault = "0.005")
          BigDecimal ownMemoryGbHour) {
    public Price {
      usage = Map.copyOf(usage);
      new Checks()
          .that(isPrice(perGb), "perGb", perGb, "from 0 to 1000000")
          .that(isPrice(ownCpuHour), "ownCpuHour", ownCpuHour, "from 0 to 1000000")
          .that(isPrice(ownMemoryGbHour), "ownMemoryGbHour", ownMemoryGbHour, "from 0 to 1000000")
          .that(
              calibration.compareTo(new BigDecimal("0.01")) >= 0
                  && calibration.compareTo(BigDecimal.valueOf(100)) <= 0,
              "calibration",
              calibration,
              "from 0.01 to 100")
          .done();
    }

    private static boolean isPrice(BigDecimal price) {
      return price.signum() >= 0 && price.compareTo(BigDecimal.valueOf(1_000_000)) <= 0;
    }
  }

  /** A ring of recent spans. */
  public record Recording(
      @Setting(
              value =
                  "Memory for them, 62 bytes a span, up to a quarter for what was learned; the"
                      + " oldest are overwritten. 4MiB are 45,000 to 65,000 spans; of a small heap"
                      + " that is a sixteenth, and more than 4MiB at most a half. 0B records"
                      + " nothing.",
              byDefault = "4MiB")
          ByteSize bytesMax,
      @Setting(value = "Older ones are forgotten.", byDefault = "4h") Duration maxAge) {
    public Recording {
      new Checks()
          .between("bytesMax", bytesMax, new ByteSize(0), new ByteSize(1L << 34))
          .between("maxAge", maxAge, Duration.ofMinutes(1), Duration.ofHours(168))
          .done();
    }
  }

  /** A log of recent decisions. */
  public record Explain(
      @Setting(
              value =
                  "Memory for them, about 80 bytes a decision; the oldest are forgotten. 0B notes"
                      + " nothing.",
              byDefault = "8MiB")
          ByteSize bytesMax,
      @Setting(
              "Where the backend shows a trace, with {traceId} in the place of its id, such as"
                  + " https://tempo.example.com/trace/{traceId}: explanations link there.")
          @Nullable String traceUrl) {
    public static final String TRACE_ID = "{traceId}";
    private static final int URL_LENGTH_MAX = 2_000;

    public Explain {
      new Checks()
          .between("bytesMax", bytesMax, new ByteSize(0), new ByteSize(1L << 32))
          .that(
              traceUrl == null || isTemplate(traceUrl),
              "traceUrl",
              traceUrl,
              "write it as https://host/path/{traceId} or http://…, without user and password")
          .done();
    }

    /** What becomes a link in a browser: nothing but the web, and no id that stands in the host. */
    private static boolean isTemplate(String text) {
      int at = text.indexOf(TRACE_ID);
      if (at < 0 || text.length() > URL_LENGTH_MAX) {
        return false;
      }
      try {
        URI url = new URI(text.replace(TRACE_ID, "0".repeat(32)));
        String before = text.substring(0, at);
        return ("http".equalsIgnoreCase(url.getScheme())
                || "https".equalsIgnoreCase(url.getScheme()))
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && before.indexOf('/', before.indexOf("://") + 3) > 0;
      } catch (URISyntaxException e) {
        return false;
      }
    }
  }

  /** The program's own metrics. */
  public record Telemetry(
      @Setting(
              "Where they go, such as http://collector:4318; http:// or https:// decides about TLS."
                  + " Off without it.")
          @Nullable URI endpoint,
      @Setting(value = "grpc or http/protobuf.", byDefault = "http/protobuf") Protocol protocol,
      @Setting(
              value = "Request headers, as a map or as k=v,k2=v2; values are never shown.",
              headers = true)
          Map<String, String> headers,
      @Setting(value = "gzip, zstd (if the backend takes it) or none.", byDefault = "gzip")
          Compression compression,
      @Setting("Authorities that its certificate must come from, PEM; the JVM's own if absent.")
          @Nullable Path authority,
      @Setting("Client certificate chain for mTLS, PEM.") @Nullable Path clientCertificate,
      @Setting("Private key of the client certificate, PEM (PKCS#8).") @Nullable Path clientKey,
      @Setting(value = "Time between two exports.", byDefault = "60s") Duration interval,
      @Setting(
              value =
                  "Operations with rate, errors and durations of their own, here and at"
                      + " /actuator/prometheus: the busiest first, all others share one. 0: none.",
              byDefault = "20")
          int operationsMax) {
    public Telemetry {
      headers = Map.copyOf(headers);
      Checks checks = new Checks();
      if (endpoint != null) {
        DestinationSettings.checkEndpoint(checks, endpoint, protocol);
      }
      checks
          .together("clientCertificate", clientCertificate, "clientKey", clientKey)
          .between("interval", interval, Duration.ofSeconds(1), Duration.ofHours(1))
          .between("operationsMax", operationsMax, 0, 100_000)
          .done();
    }

    /** Without the headers' values. */
    @Override
    public String toString() {
      return "Telemetry[" + protocol + " " + endpoint + " every " + Values.text(interval) + "]";
    }
  }

  /** The end of the program. */
  public record Shutdown(
      @Setting(
              value =
                  "Time to decide what waits and to flush; what is left then is counted as failed."
                      + " Keep it under the pod's grace period.",
              byDefault = "10s")
          Duration deadline) {
    public Shutdown {
      new Checks().between("deadline", deadline, Duration.ZERO, Duration.ofMinutes(10)).done();
    }
  }

  public SpanthriftSettings {
    destinations = List.copyOf(destinations);
    policies = List.copyOf(policies);
    budgets = List.copyOf(budgets);
    Checks checks = new Checks();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < destinations.size(); i++) {
      DestinationSettings destination = destinations.get(i);
      String key = "destinations[" + i + "].";
      checks
          .that(
              names.add(destination.name()), key + "name", destination.name(), "a name of its own")
          .that(
              !OwnAddress.is(destination, listen),
              key + "endpoint",
              destination.endpoint(),
              "another address than the one that this program itself listens on");
    }
    Set<String> budgetNames = new HashSet<>();
    for (int i = 0; i < budgets.size(); i++) {
      String name = budgets.get(i).name();
      checks.that(budgetNames.add(name), "budgets[" + i + "].name", name, "a name of its own");
    }
    for (int i = 0; i < budgets.size(); i++) {
      checkShare(checks, "budgets[" + i + "].", budgets.get(i), fleet);
    }
    checks
        .that(
            budgets.stream().map(budget -> sharesMoney(budget, fleet)).distinct().count() <= 1,
            "budgets",
            "",
            "either all or none of them with share: fleet")
        .that(budgets.size() <= 32, "budgets", budgets.size(), "at most 32 budgets")
        .that(
            admin.port() == 0
                || (admin.port() != listen.grpc().port() && admin.port() != listen.http().port()),
            "admin.port",
            admin.port(),
            "another port than the OTLP ports")
        .done();
  }

  private static void checkShare(
      Checks checks, String key, BudgetSettings budget, FleetSettings fleet) {
    checks
        .that(
            budget.share() != BudgetSettings.Share.FLEET || fleet.enabled(),
            key + "share",
            budget.share(),
            "needs fleet.url")
        .that(
            budget.scope().isEmpty() || !sharesMoney(budget, fleet),
            key + "scope",
            budget.scope(),
            "none: the money of a fleet is for all of its traces; write share: sidecar, or give"
                + " these sidecars a fleet.name of their own");
  }

  private static boolean sharesMoney(BudgetSettings budget, FleetSettings fleet) {
    return fleet.enabled() && budget.share() != BudgetSettings.Share.SIDECAR;
  }

  /** Whether all sidecars of the fleet spend one amount. */
  public boolean sharesMoney() {
    return !budgets.isEmpty() && budgets.stream().allMatch(budget -> sharesMoney(budget, fleet));
  }
}
