package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.fleet.RedisServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three sidecars beside one process that sees everything: a recording split by pod, sent several
 * times, each time under other trace ids, which is another throw of the dice.
 *
 * <p>The excerpts in the tests, or the whole of a set where {@code SPANTHRIFT_DATA} names a folder.
 */
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetSetIT {
  private static final int SIDECARS = 3;
  private static final int SEEDS = 8;
  private static final double PROBABILITY = .1;
  private static final String POLICIES =
      """
      policies: [{name: errors, match: {hasError: true}, keep: true}]
      defaultProbability: %s
      hold: {pause: 500ms, deadline: 1s}
      export: {delay: 20ms}
      """
          .formatted(PROBABILITY);

  @TempDir static Path temp;
  private static final SplitTraffic traffic = new SplitTraffic(SIDECARS);
  private static final SplitTraffic whole = new SplitTraffic(1);
  private static final List<JsonNode> statuses = new ArrayList<>();

  @BeforeAll
  static void sendAll() throws Exception {
    List<Program> programs = new ArrayList<>();
    List<Sender> senders = new ArrayList<>();
    try (RedisServer engine = RedisServer.start(temp.resolve("engine"));
        OtlpBackend backend = new GrpcBackend();
        OtlpBackend ofOne = new GrpcBackend();
        Program one = new Launch(temp.resolve("one")).to(ofOne).yaml(POLICIES).run();
        Sender toOne = new Sender(one.ports())) {
      for (int i = 0; i < SIDECARS; i++) {
        programs.add(sidecar(i, engine, backend));
        senders.add(new Sender(programs.get(i).ports()));
      }
      for (ExportTraceServiceRequest request : requests()) {
        traffic.send(request, senders, FleetSetIT::sidecarOf);
        whole.send(request, List.of(toOne), all -> 0);
      }
      for (int i = 0; i < SIDECARS; i++) {
        statuses.add(programs.get(i).awaitSettled(traffic.received(i)));
      }
      statuses.add(one.awaitSettled(whole.received(0)));
      traffic.arrived(backend.spans());
      whole.arrived(ofOne.spans());
    } finally {
      senders.forEach(Sender::close);
      programs.forEach(Program::close);
    }
  }

  private static Program sidecar(int number, RedisServer engine, OtlpBackend backend) {
    String fleet =
        """
        fleet: {url: "%s", askAfter: 10s, pod: "sidecar-%d"}
        """
            .formatted(engine.url(), number);
    return new Launch(temp.resolve("sidecar-" + number)).to(backend).yaml(POLICIES + fleet).run();
  }

  /** All requests of one pod go to the same sidecar. */
  private static int sidecarOf(ExportTraceServiceRequest request) {
    String source = request.getResourceSpans(0).getResource().toString();
    return Math.floorMod(source.hashCode(), SIDECARS);
  }

  private static List<ExportTraceServiceRequest> requests() throws IOException {
    String folder = System.getenv("SPANTHRIFT_DATA");
    if (folder != null && Files.isDirectory(Path.of(folder, "trainticket-2023-01-29"))) {
      return Excerpt.read(Path.of(folder, "trainticket-2023-01-29", "traces.otlp.zst"));
    }
    System.out.println(
        "SPANTHRIFT_DATA names no folder of recorded sets: the excerpts are sent, not all of Train"
            + " Ticket");
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      for (String set : List.of("trainticket", "hotelreservation")) {
        Path file = Path.of("src", "test", "resources", "recorded", set, "traces.otlp.zst");
        for (ExportTraceServiceRequest request : Excerpt.read(file)) {
          requests.add(SplitTraffic.relabeled(request, seed));
        }
      }
    }
    return requests;
  }

  @Test
  @Order(1)
  void keptTracesAreWhole() {
    List<String> torn = traffic.torn();
    int kept = traffic.arrived().size();
    System.out.printf(
        Locale.ROOT,
        "%d spans, kept %d of %d traces, %d of all split, torn %s%n",
        traffic.received(0) + traffic.received(1) + traffic.received(2),
        kept,
        traffic.sent().size(),
        traffic.split(),
        torn);
    assertTrue(traffic.split() > .4 * traffic.sent().size(), "split: " + traffic.split());
    assertTrue(torn.size() <= .005 * kept, () -> "torn: " + torn);
  }

  @Test
  @Order(2)
  void allSpansOfATraceSayTheSameThreshold() {
    assertEquals(List.of(), traffic.ambiguous());
  }

  @Test
  @Order(3)
  void theSameTracesAreKeptAsByOneProcessThatSeesAll() {
    Set<ByteString> onlyFleet = new HashSet<>(traffic.arrived().keySet());
    onlyFleet.removeAll(whole.arrived().keySet());
    Set<ByteString> onlyOne = new HashSet<>(whole.arrived().keySet());
    onlyOne.removeAll(traffic.arrived().keySet());
    assertEquals(Set.of(), onlyFleet, "kept by the fleet alone");
    assertEquals(Set.of(), onlyOne, "kept by the one process alone");
  }

  /** Counts of spans without the errors, whose probability is 1 and which a trace's others join. */
  @Test
  @Order(4)
  void reweightedCountsHaveNoBias() {
    Set<ByteString> failed = traffic.failed();
    Map<String, Double> estimated = new HashMap<>();
    Map<String, Map<ByteString, Integer>> sizes = new TreeMap<>();
    traffic
        .sent()
        .forEach((id, spans) -> count(sizes, failed.contains(id) ? List.of() : spans, id));
    traffic
        .arrived()
        .forEach(
            (id, spans) -> {
              if (!failed.contains(id)) {
                spans.forEach(s -> estimated.merge(s.getName(), weight(s), Double::sum));
              }
            });
    int judged = 0;
    for (Map.Entry<String, Map<ByteString, Integer>> operation : sizes.entrySet()) {
      double sum = operation.getValue().values().stream().mapToInt(n -> n).sum();
      double squares = operation.getValue().values().stream().mapToInt(n -> n * n).sum();
      if (operation.getValue().size() < 300) {
        continue; // too few traces for a normal law
      }
      judged++;
      double deviation = Math.sqrt(squares * (1 - PROBABILITY) / PROBABILITY);
      double z = (estimated.getOrDefault(operation.getKey(), 0.0) - sum) / deviation;
      assertTrue(Math.abs(z) < 3, () -> operation.getKey() + ": z = " + z);
    }
    System.out.println("operations judged: " + judged);
    assertTrue(judged >= 5, "judged " + judged);
  }

  private static void count(
      Map<String, Map<ByteString, Integer>> sizes, List<Span> spans, ByteString id) {
    for (Span span : spans) {
      sizes.computeIfAbsent(span.getName(), n -> new HashMap<>()).merge(id, 1, Integer::sum);
    }
  }

  /** What a span stands for: ot=th:… is the rejection threshold, its trailing zeros left out. */
  private static double weight(Span span) {
    String state = span.getTraceState();
    int at = state.indexOf("th:");
    if (at < 0) {
      return 1;
    }
    String digits = state.substring(at + 3).split("[;,]")[0];
    double threshold = Long.parseLong((digits + "0".repeat(14)).substring(0, 14), 16) * 0x1p-56;
    return 1 / (1 - threshold);
  }

  @Test
  @Order(5)
  void theBooksOfEveryProcessAgree() {
    assertEquals(SIDECARS + 1, statuses.size());
    for (JsonNode status : statuses) {
      for (JsonNode law : status.path("identities")) {
        assertTrue(law.path("holds").asBoolean(), law::toString);
      }
    }
  }
}
