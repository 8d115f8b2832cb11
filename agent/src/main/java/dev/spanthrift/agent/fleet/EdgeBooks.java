package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import io.lettuce.core.KeyValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where traces tear: of a sample of traces each sidecar leaves on the engine which spans it had and
 * whether it kept them. When all have decided, whoever has a span whose parent is elsewhere looks
 * what became of the parent, and counts the edge between the two services: kept on both sides, or
 * on one.
 *
 * <p>At most {@value #WAITING_MAX} parts wait to be looked at; those that find no room, and all
 * while the engine is away, are not counted. A sidecar names {@value #EDGES_MAX} edges, then
 * others. On the fleet's thread.
 */
final class EdgeBooks {
  private static final int EACH_EXCHANGE = 32;
  private static final int WAITING_MAX = 4096;
  private static final int EDGES_MAX = 64;
  private static final Duration LAST_ASK = Duration.ofSeconds(15); // as in WholenessWatch
  private static final Duration LIFE = Duration.ofHours(2);
  private static final long HOUR_MILLIS = 3_600_000;
  private static final String OTHERS = "other\tother";

  private record Waiting(EdgeSample.Part part, long dueNanos) {}

  private final FleetKeys keys;
  private final EdgeSample sample;
  private final Executor thread;
  private final Consumer<Throwable> failed;
  private final long waitNanos;
  private final Duration life;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Set<String> named = new HashSet<>();

  EdgeBooks(
      FleetKeys keys,
      EdgeSample sample,
      Duration wait,
      Executor thread,
      Consumer<Throwable> failed) {
    this.keys = keys;
    this.sample = sample;
    this.thread = thread;
    this.failed = failed;
    waitNanos = wait.plus(LAST_ASK).toNanos();
    life = wait.multipliedBy(2).plus(LAST_ASK.multipliedBy(2));
  }

  /** Leaves what was decided, and looks at what is due. */
  void exchange(Link link, long now, long timeoutMillis) {
    int left = 0;
    for (EdgeSample.Part part : sample.take()) {
      if (left++ < EACH_EXCHANGE) {
        leave(link, part);
        if (waiting.size() < WAITING_MAX && !parents(part).isEmpty()) {
          waiting.add(new Waiting(part, now + waitNanos));
        }
      }
    }
    for (Waiting w = waiting.peek(); w != null && now - w.dueNanos >= 0; w = waiting.peek()) {
      look(link, waiting.remove().part, timeoutMillis);
    }
  }

  private void leave(Link link, EdgeSample.Part part) {
    Map<byte[], byte[]> spans = new HashMap<>();
    for (EdgeSample.Noted span : part.spans()) {
      String value = (part.kept() ? "+" : "-") + span.service();
      spans.put(id(span.span()), value.getBytes(StandardCharsets.UTF_8));
    }
    byte[] key = key(part);
    var unused = link.commands().hset(key, spans).toCompletableFuture().whenComplete(this::said);
    var unusedLife =
        link.commands().expire(key, life).toCompletableFuture().whenComplete(this::said);
  }

  private void said(@Nullable Object answer, @Nullable Throwable e) {
    if (e != null) {
      failed.accept(e);
    }
  }

  /** Spans whose parent is not in this part, by the parent's id. */
  private static Map<Long, String> parents(EdgeSample.Part part) {
    Map<Long, String> remote = new TreeMap<>();
    part.spans().stream()
        .filter(span -> span.parent() != 0)
        .forEach(span -> remote.put(span.parent(), span.service()));
    part.spans().forEach(span -> remote.remove(span.span()));
    return remote;
  }

  private void look(Link link, EdgeSample.Part part, long timeoutMillis) {
    Map<Long, String> parents = parents(part);
    byte[][] ids = parents.keySet().stream().map(EdgeBooks::id).toArray(byte[][]::new);
    var unused =
        link.commands()
            .hmget(key(part), ids)
            .toCompletableFuture()
            .copy()
            .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (found, e) -> {
                  said(found, e);
                  if (e == null) {
                    count(link, part.kept(), new ArrayList<>(parents.values()), found);
                  }
                },
                thread);
  }

  private void count(
      Link link, boolean kept, List<String> services, List<KeyValue<byte[], byte[]>> parents) {
    for (int i = 0; i < services.size(); i++) {
      if (parents.get(i).hasValue()) {
        String parent = new String(parents.get(i).getValue(), StandardCharsets.UTF_8);
        boolean parentKept = parent.startsWith("+");
        if (kept || parentKept) {
          add(link, parent.substring(1) + "\t" + services.get(i), kept && parentKept);
        }
      }
    }
  }

  private void add(Link link, String edge, boolean whole) {
    String shown = named.contains(edge) || named.size() < EDGES_MAX ? edge : OTHERS;
    named.add(shown);
    byte[] key = keys.edges(System.currentTimeMillis() / HOUR_MILLIS);
    byte[] field = FleetKeys.ascii((whole ? "+" : "-") + shown);
    var unused =
        link.commands().hincrby(key, field, 1).toCompletableFuture().whenComplete(this::said);
    var unusedLife =
        link.commands().expire(key, LIFE).toCompletableFuture().whenComplete(this::said);
  }

  private byte[] key(EdgeSample.Part part) {
    LedgerBatch one = new LedgerBatch();
    one.read(part.trace().high(), part.trace().low());
    TraceCalls calls = keys.calls(false).look(one);
    byte[] key = calls.keys(calls.calls().getFirst())[0];
    return ByteBuffer.allocate(key.length + 1).put(key).put((byte) 'e').array();
  }

  private static byte[] id(long span) {
    return ByteBuffer.allocate(Long.BYTES).putLong(span).array();
  }

  /** All edges of this hour and the one before. */
  static CompletableFuture<List<FleetStatus.Edge>> read(Link link, FleetKeys keys, long millis) {
    long hour = System.currentTimeMillis() / HOUR_MILLIS;
    Map<String, long[]> counts = new TreeMap<>();
    return CompletableFuture.allOf(
            read(link, keys.edges(hour - 1), counts), read(link, keys.edges(hour), counts))
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .thenApply(unused -> edges(counts));
  }

  private static CompletableFuture<?> read(Link link, byte[] key, Map<String, long[]> into) {
    return link.commands().hgetall(key).toCompletableFuture().thenAccept(all -> add(all, into));
  }

  private static void add(Map<byte[], byte[]> all, Map<String, long[]> into) {
    synchronized (into) {
      all.forEach(
          (field, n) -> {
            String edge = new String(field, StandardCharsets.UTF_8);
            long[] counts = into.computeIfAbsent(edge.substring(1), unused -> new long[2]);
            counts[edge.startsWith("+") ? 0 : 1] +=
                Long.parseLong(new String(n, StandardCharsets.US_ASCII));
          });
    }
  }

  private static List<FleetStatus.Edge> edges(Map<String, long[]> counts) {
    List<FleetStatus.Edge> edges = new ArrayList<>();
    synchronized (counts) {
      counts.forEach(
          (edge, n) -> {
            String[] ends = edge.split("\t", 2);
            double share = (double) n[0] / (n[0] + n[1]);
            edges.add(new FleetStatus.Edge(ends[0], ends[1], n[0], n[1], share));
          });
    }
    return edges;
  }
}
