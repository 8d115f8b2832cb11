package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server on a free port that answers by script and remembers what it got. */
abstract class Backend implements AutoCloseable {
  /** One request: lower-case header names; the body as sent and as decompressed. */
  record Received(Signal signal, Map<String, String> headers, byte[] wire, byte[] body) {}

  /** What to answer. */
  sealed interface Reply {
    Reply SUCCESS = new Body(new byte[0]);

    public record Body(byte[] response) implements Reply {}

    /** HTTP status or gRPC code number; detail is Retry-After or grpc-status-details-bin. */
    record Error(int code, Object detail) implements Reply {}

    /** Never. */
    record Silence() implements Reply {}

    /** The connection goes away after the request was read. */
    record Cut() implements Reply {}
  }

  /** Chooses a reply for the n-th request, from 0. */
  interface Script {
    Reply reply(int number, Received received);
  }

  final List<Received> received = new CopyOnWriteArrayList<>();
  final AtomicInteger inFlight = new AtomicInteger();
  final AtomicInteger inFlightMost = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Script script;

  Backend(Script script) {
    this.script = script;
  }

  abstract URI uri();

  final Reply reply(Received request) {
    received.add(request);
    return script.reply(numbers.getAndIncrement(), request);
  }

  final void enter() {
    int now = inFlight.incrementAndGet();
    inFlightMost.accumulateAndGet(now, Math::max);
  }

  @Override
  public abstract void close();
}
