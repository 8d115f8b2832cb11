package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recorded sets, sent by {@code spanthrift send} through the running program with "keep errors,
 * keep 10 %", arrive with exactly the traces that the thresholds say.
 *
 * <p>All traces wait until the program is told to end, so that none is decided before its last span
 * has come, however slow the machine is.
 */
@Timeout(300)
class RecordedTrafficIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long THRESHOLD = 0xe6660000000000L; // th:e666, which is 10 %
  private static final int TRACE_STATE = 3;
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded");

  @TempDir static Path temp;
  private static final Map<ByteString, List<Slices.Slice>> sent = new HashMap<>();
  private static final Map<ByteString, List<Slices.Slice>> arrived = new HashMap<>();
  private static int exitCode;
  private static String log = "";

  @BeforeAll
  static void sendAll() throws Exception {
    System.out.println("seed " + SEED);
    List<Path> sets =
        List.of(
            RECORDED.resolve("trainticket/traces.otlp.zst").toAbsolutePath(),
            RECORDED.resolve("hotelreservation/traces.otlp.zst").toAbsolutePath(),
            generated());
    for (Path set : sets) {
      Excerpt.read(set).forEach(request -> add(sent, Slices.of(request.toByteArray())));
    }
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp.resolve("program"))
                .to(backend)
                .yaml(
                    """
                    policies:
                      - {name: errors, match: {hasError: true}, keep: true}
                    defaultProbability: 0.1
                    hold: {decisionWait: 10m}
                    shutdown: {deadline: 60s}
                    """)
                .run()) {
      send(sets, program.ports().grpc());
      assertEquals(spans(sent), program.spans("held"), program::err);
      assertEquals(0, backend.spans().size());
      program.terminate();
      exitCode = program.exit();
      log = program.err();
      add(arrived, backend.slices());
    }
  }

  /** All at the same time, each in a process of its own. */
  private static void send(List<Path> sets, int port) {
    List<Program> senders = new ArrayList<>();
    for (Path set : sets) {
      String[] verb = {"send", set.toString(), "--to", "127.0.0.1:" + port, "--speed", "max"};
      senders.add(new Launch(temp.resolve("sender")).begin(verb));
    }
    for (Program sender : senders) {
      assertEquals(0, sender.exit(), sender::err);
      assertTrue(sender.out().contains("refused 0, rejected spans 0"), sender::out);
      sender.close();
    }
  }

  private static void add(Map<ByteString, List<Slices.Slice>> traces, List<Slices.Slice> slices) {
    for (Slices.Slice slice : slices) {
      traces.computeIfAbsent(slice.decoded().getTraceId(), id -> new ArrayList<>()).add(slice);
    }
  }

  private static long spans(Map<ByteString, List<Slices.Slice>> traces) {
    return traces.values().stream().mapToLong(List::size).sum();
  }

  /** What recordings do not have: trace states, also with thresholds of a sampler before us. */
  private static Path generated() throws IOException {
    Random random = new Random(SEED);
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    List<Span> all = new ArrayList<>();
    for (int trace = 0; trace < 600; trace++) {
      all.addAll(RandomTraces.trace(random, traceState(random, trace % 6), random.nextInt(8) == 0));
    }
    Collections.shuffle(all, random);
    for (int from = 0; from < all.size(); from += 30) {
      requests.add(RandomTraces.request(all.subList(from, Math.min(from + 30, all.size()))));
    }
    Path file = temp.resolve("generated.otlp.zst");
    Excerpt.write(file, requests);
    return file;
  }

  private static String traceState(Random random, int kind) {
    return switch (kind) {
      case 0 -> "";
      case 1 -> "vendor=x,other=y";
      case 2 -> "ot=rv:%014x;k:v,vendor=x".formatted(random.nextLong() >>> 8);
      case 3 -> "vendor=x,ot=th:8;rv:%014x".formatted(random.nextLong() >>> 9 | 1L << 55);
      case 4 -> "ot=rv:%014x;th:f8".formatted(random.nextLong() >>> 13 | 0x1fL << 51);
      default -> "ot=th:0";
    };
  }

  @AfterAll
  static void forget() {
    sent.clear();
    arrived.clear();
  }

  @Test
  void exactlyTheTracesThatTheThresholdsSayArrive() {
    Set<ByteString> expected = new HashSet<>();
    Set<Boolean> kinds = new HashSet<>();
    sent.forEach(
        (id, slices) -> {
          kinds.add(isFailed(slices));
          if (isFailed(slices) || randomness(slices.getFirst().decoded()) >= THRESHOLD) {
            expected.add(id);
          }
        });
    assertEquals(Set.of(true, false), kinds);
    assertEquals(hex(expected), hex(arrived.keySet()), () -> "seed " + SEED + "\n" + log);
    expected.forEach(id -> assertEquals(sent.get(id).size(), arrived.get(id).size()));
    assertTrue(expected.size() < sent.size() / 2, "few are kept: " + expected.size());
  }

  @Test
  void failedTracesKeepEveryByte() {
    for (ByteString id : arrived.keySet()) {
      if (isFailed(sent.get(id))) {
        assertEquals(Set.copyOf(sent.get(id)), Set.copyOf(arrived.get(id)), "seed " + SEED);
      }
    }
  }

  @Test
  void w5_otherTracesKeepEveryByteButTheThreshold() {
    for (ByteString id : arrived.keySet()) {
      if (!isFailed(sent.get(id))) {
        assertEquals(
            sent.get(id).stream().map(RecordedTrafficIT::withoutTraceState).collect(asCounts()),
            arrived.get(id).stream().map(RecordedTrafficIT::withoutTraceState).collect(asCounts()),
            "seed " + SEED);
        String before = sent.get(id).getFirst().decoded().getTraceState();
        for (Slices.Slice slice : arrived.get(id)) {
          assertStamped(before, slice.decoded().getTraceState());
        }
      }
    }
  }

  private static Collector<Slices.Slice, ?, Map<Slices.Slice, Long>> asCounts() {
    return Collectors.groupingBy(slice -> slice, Collectors.counting());
  }

  private static Slices.Slice withoutTraceState(Slices.Slice slice) {
    return new Slices.Slice(
        slice.resource(), slice.scope(), Slices.without(slice.span(), TRACE_STATE));
  }

  /** th:e666, or higher if it was higher; first; everything else as it was. */
  private static void assertStamped(String before, String after) {
    Map<String, String> expected = ot(before);
    if (!expected.getOrDefault("th", "").equals("f8")) {
      expected.put("th", "e666");
      assertTrue(after.startsWith("ot="), after);
    }
    assertEquals(expected, ot(after), before + " became " + after);
    assertEquals(others(before), others(after));
  }

  private static Map<String, String> ot(String traceState) {
    Map<String, String> entries = new TreeMap<>();
    for (String member : traceState.split(",")) {
      if (member.startsWith("ot=")) {
        for (String entry : member.substring(3).split(";")) {
          entries.put(entry.split(":")[0], entry.split(":")[1]);
        }
      }
    }
    return entries;
  }

  private static List<String> others(String traceState) {
    return Arrays.stream(traceState.split(","))
        .filter(member -> !member.isEmpty() && !member.startsWith("ot="))
        .toList();
  }

  private static boolean isFailed(List<Slices.Slice> trace) {
    return trace.stream().anyMatch(slice -> Excerpt.isError(slice.decoded()));
  }

  private static long randomness(Span span) {
    String hex = HexFormat.of().formatHex(span.getTraceId().toByteArray()).substring(18);
    return HexFormat.fromHexDigitsToLong(ot(span.getTraceState()).getOrDefault("rv", hex));
  }

  private static Set<String> hex(Set<ByteString> ids) {
    return ids.stream()
        .map(id -> HexFormat.of().formatHex(id.toByteArray()))
        .collect(Collectors.toSet());
  }

  @Test
  void sigtermDecidesAndFlushesAllThatWaits() {
    assertEquals(0, exitCode, log);
    assertTrue(log.contains("at the end: "), log);
    assertTrue(log.contains(", none failed"), log);
  }
}
