package dev.spanthrift.agent.it;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An OTLP server that owes nothing to the program: grpc-java or the JDK's HTTP server, and the
 * generated classes. It keeps what it has taken, and behaves as its mood says.
 */
abstract class OtlpBackend implements AutoCloseable {
  /** What it does with the requests of the moment. */
  enum Mood {
    TAKE,
    /** UNAVAILABLE or 503: come back later. */
    UNAVAILABLE,
    /** INVALID_ARGUMENT or 400: never. */
    REFUSE,
    /** Reads the request and does not answer. */
    HANG
  }

  /** A request that was taken. Header names in lower case. */
  record Received(Otlp signal, Map<String, String> headers, byte[] bytes, Message message) {}

  private final List<Received> received = new ArrayList<>();
  private final AtomicInteger turnedAway = new AtomicInteger();
  private volatile Mood mood = Mood.TAKE;
  private volatile @Nullable AssertionError fault;

  void mood(Mood next) {
    mood = next;
  }

  /** Notes a request and says how to answer it; an answer of TAKE means that it was taken. */
  Mood arrived(Otlp signal, Map<String, String> headers, byte[] bytes) {
    Mood now = mood;
    if (now == Mood.TAKE) {
      take(signal, headers, bytes);
    } else {
      turnedAway.incrementAndGet();
    }
    return now;
  }

  private void take(Otlp signal, Map<String, String> headers, byte[] bytes) {
    try {
      Message message = signal.parse(bytes);
      synchronized (received) {
        received.add(new Received(signal, Map.copyOf(headers), bytes, message));
      }
    } catch (AssertionError bad) {
      fault = bad; // for the thread of the test
    }
  }

  /** Requests that arrived and were not taken. */
  int turnedAway() {
    return turnedAway.get();
  }

  List<Received> received(Otlp signal) {
    if (fault != null) {
      throw new AssertionError("what arrived is not OTLP", fault);
    }
    synchronized (received) {
      return received.stream().filter(request -> request.signal() == signal).toList();
    }
  }

  /** All spans so far, decoded. */
  List<Span> spans() {
    return received(Otlp.TRACES).stream()
        .map(request -> (ExportTraceServiceRequest) request.message())
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  /** All spans so far, with where they stand. */
  List<Slices.Slice> slices() {
    return received(Otlp.TRACES).stream()
        .flatMap(request -> Slices.of(request.bytes()).stream())
        .toList();
  }

  void forget() {
    synchronized (received) {
      received.clear();
    }
    turnedAway.set(0);
  }

  /** With scheme and port. */
  abstract URI uri();

  /** As settings call it. */
  abstract String protocol();

  /** Closes the port; {@link #up} opens the same one again. */
  abstract void down();

  abstract void up();

  @Override
  public abstract void close();
}
