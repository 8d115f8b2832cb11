package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.demo.Shop.Call;
import dev.spanthrift.agent.demo.Shop.Entry;
import dev.spanthrift.sampler.wire.FieldWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes one trace at a time and puts its spans into the batches of their services.
 *
 * <p>Deterministic but for the wall clock: the same seed gives the same traces in the same order.
 * Not thread-safe.
 */
final class TraceMaker {
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final int STATUS_ERROR = 2;
  private static final double FAILING = 0.002;
  private static final double SLOW = 0.004;
  private static final double SLOWER = 25;
  private static final double WEIGHTS = Shop.ENTRIES.stream().mapToDouble(Entry::weight).sum();

  private final SplittableRandom random;
  private final Map<String, ServiceBatch> batches = new LinkedHashMap<>();
  private final Map<String, String> addresses = new HashMap<>();
  private final AttributeWriter attributes = new AttributeWriter();
  private final FieldWriter span = new FieldWriter();
  private final FieldWriter nested = new FieldWriter();

  private long traceHigh;
  private long traceLow;
  private int spans;
  private double slower;
  private boolean incident;

  /**
   * What was made, for those who count.
   *
   * @param idLow the lower half of the trace's id, which no other of this seed has
   */
  record Made(long idLow, int spans, boolean error, boolean rare) {}

  /** A span that has ended: when, and whether it failed. */
  private record Ended(long endNanos, boolean error) {}

  TraceMaker(long seed) {
    random = new SplittableRandom(seed);
    for (String service : Shop.SERVICES) {
      batches.put(service, new ServiceBatch(service));
      addresses.put(service, service + ".demo-shop.svc");
    }
  }

  Map<String, ServiceBatch> batches() {
    return batches;
  }

  /**
   * Makes one trace that begins at this time.
   *
   * @param incident whether payments fail just now
   */
  Made make(long startUnixNanos, boolean incident) {
    this.incident = incident;
    Entry entry = entry();
    traceHigh = random.nextLong();
    traceLow = random.nextLong();
    spans = 0;
    slower = random.nextDouble() < SLOW ? SLOWER : 1;
    long id = random.nextLong();
    Ended ended = calls(entry.calls(), id, "frontend", startUnixNanos + millis(3));
    boolean error = ended.error();
    begin(id, 0, entry.operation(), SERVER, startUnixNanos, ended.endNanos() + millis(2));
    http(entry, error);
    end("frontend", error ? "upstream failed" : "");
    return new Made(traceLow, spans, error, entry.rare());
  }

  private Entry entry() {
    double at = random.nextDouble() * WEIGHTS;
    for (Entry entry : Shop.ENTRIES) {
      at -= entry.weight();
      if (at < 0) {
        return entry;
      }
    }
    return Shop.ENTRIES.getFirst();
  }

  /** One call after the other; a failed one ends the row. */
  private Ended calls(Iterable<Call> calls, long parent, String caller, long startNanos) {
    long now = startNanos;
    for (Call call : calls) {
      Ended ended = call(call, parent, caller, now);
      now = ended.endNanos();
      if (ended.error()) {
        return ended;
      }
    }
    return new Ended(now, false);
  }

  /** A client span of the caller around a server span of the service called. */
  private Ended call(Call call, long parent, String caller, long startNanos) {
    long clientId = random.nextLong();
    long serverId = random.nextLong();
    boolean hit = incident && call.operation().equals(Shop.INCIDENT_OPERATION);
    long serverStart = startNanos + millis(0.4);
    long own = millis(call.millis() * (hit ? Incident.SLOWER : 1));
    Ended inner = calls(call.calls(), serverId, call.service(), serverStart + own / 2);
    boolean fails = random.nextDouble() < (hit ? Incident.FAILING : FAILING);
    boolean error = fails || inner.error();
    long serverEnd = inner.endNanos() + own / 2;
    String message = fails ? call.operation() + " failed" : error ? "upstream failed" : "";

    begin(serverId, clientId, call.operation(), SERVER, serverStart, serverEnd);
    rpc(call, error);
    if (fails) {
      exception(serverEnd, message);
    }
    end(call.service(), message);

    long clientEnd = serverEnd + millis(0.4);
    begin(clientId, parent, call.operation(), CLIENT, startNanos, clientEnd);
    rpc(call, error);
    attributes.string(
        span, 9, "server.address", addresses.getOrDefault(call.service(), call.service()));
    attributes.number(span, 9, "server.port", 8080);
    end(caller, message);
    return new Ended(clientEnd, error);
  }

  /** Log-normal around the typical time, as service times are. */
  private long millis(double typical) {
    double spread = Math.exp(0.45 * gaussian());
    return (long) (typical * spread * slower * 1e6);
  }

  private double gaussian() {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }

  private void begin(long id, long parent, String name, int kind, long start, long end) {
    span.clear();
    span.id(1, traceHigh, traceLow);
    span.id(2, id);
    if (parent != 0) {
      span.id(4, parent);
    }
    span.text(5, name);
    span.number(6, kind);
    span.fixed64(7, start);
    span.fixed64(8, end);
  }

  private void http(Entry entry, boolean error) {
    attributes.string(span, 9, "http.request.method", entry.method());
    attributes.string(span, 9, "http.route", entry.route());
    attributes.string(
        span, 9, "url.path", entry.route().replace("{id}", "OLJ" + random.nextInt(9999)));
    attributes.number(span, 9, "http.response.status_code", error ? 500 : 200);
    attributes.string(span, 9, "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) demo");
    attributes.string(span, 9, "client.address", "10.3." + random.nextInt(256) + ".7");
    attributes.string(span, 9, "enduser.id", "u-" + random.nextInt(100_000));
    if (error) {
      attributes.string(span, 9, "error.type", "500");
    }
  }

  private void rpc(Call call, boolean error) {
    attributes.string(span, 9, "rpc.system.name", "grpc");
    attributes.string(span, 9, "rpc.method", call.operation());
    attributes.string(span, 9, "rpc.status_code", error ? "UNAVAILABLE" : "OK");
    attributes.string(span, 9, "network.protocol.name", "http");
    attributes.string(span, 9, "network.protocol.version", "2");
    attributes.string(span, 9, "network.peer.address", "10.8.3." + random.nextInt(256));
    attributes.number(span, 9, "network.peer.port", 30_000 + random.nextInt(30_000));
    attributes.string(span, 9, "thread.name", "grpc-default-executor-" + random.nextInt(16));
    attributes.number(span, 9, "thread.id", 40 + random.nextInt(16));
    attributes.string(span, 9, "app.session.id", Long.toHexString(random.nextLong()));
    if (error) {
      attributes.string(span, 9, "error.type", "UNAVAILABLE");
    }
  }

  private void exception(long atNanos, String message) {
    nested.clear();
    nested.fixed64(1, atNanos);
    nested.text(2, "exception");
    attributes.string(nested, 3, "exception.type", "demo.UnavailableException");
    attributes.string(nested, 3, "exception.message", message);
    span.message(11, nested);
  }

  /**
   * Ends the span that was begun.
   *
   * @param error empty when it did not fail
   */
  private void end(String service, String error) {
    if (!error.isEmpty()) {
      nested.clear();
      nested.text(2, error);
      nested.number(3, STATUS_ERROR);
      span.message(15, nested);
    }
    span.fixed32(16, 1);
    ServiceBatch batch = batches.get(service);
    if (batch != null) {
      batch.add(span);
      spans++;
    }
  }
}
