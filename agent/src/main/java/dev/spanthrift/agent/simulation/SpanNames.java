package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.signal.StableHash;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names things in received and kept spans alike: operations, kinds of errors, adjusted counts. */
final class SpanNames {
  private static final byte[] SERVICE = "service.name".getBytes(StandardCharsets.US_ASCII);

  private final Operations operations = new Operations();
  private final ErrorSignatures signatures = new ErrorSignatures();
  private final Attributes attributes = new Attributes();
  private String[] services = new String[64]; // of operations
  private Batch batch;
  private int resource;
  private String service = "";
  private long serviceHash;

  SpanNames(Batch first) {
    batch = first;
  }

  /** Begins a batch. */
  void begin(Batch next) {
    batch = next;
    resource = -1;
  }

  /** Id of a span's operation. */
  int operation(int row) {
    int at = batch.resourceOfScope(batch.scope(row));
    if (at != resource) {
      resource = at;
      service = service(batch.resources(), at);
      byte[] name = service.getBytes(StandardCharsets.UTF_8);
      serviceHash = StableHash.of(name, 0, name.length);
    }
    int id =
        operations.intern(
            serviceHash, batch.buffer(), batch.nameOffset(row), batch.nameLength(row));
    if (id >= services.length) {
      services = Arrays.copyOf(services, Math.max(id + 1, services.length * 2));
    }
    if (services[id] == null) {
      services[id] = service;
    }
    return id;
  }

  private String service(Envelopes resources, int row) {
    attributes.over(
        resources.messageBuffer(row),
        resources.messageOffset(row),
        resources.messageLength(row),
        Fields.ATTRIBUTES_OF_RESOURCE);
    return attributes.find(SERVICE) ? text(attributes) : "";
  }

  static String text(Attributes at) {
    return at.readValue() == Attributes.STRING
        ? new String(at.buffer(), at.valueOffset(), at.valueLength(), StandardCharsets.UTF_8)
        : "";
  }

  /** Id of an error span's signature. */
  int signature(int row) {
    int body = batch.body(row);
    return signatures.intern(batch.buffer(), body, batch.end(row) - body);
  }

  /** How many spans this one stands for, by its threshold; 1 without one. */
  double adjustedCount(int row) {
    int length = batch.traceStateLength(row);
    if (length == 0) {
      return 1;
    }
    long threshold = TraceState.threshold(batch.buffer(), batch.traceStateOffset(row), length);
    return threshold <= 0 ? 1 : 0x1p56 / ((1L << 56) - threshold);
  }

  int operations() {
    return services.length;
  }

  /** Empty when there is no such operation. */
  String service(int operation) {
    String known = services[operation];
    return known == null ? "" : known;
  }

  String operationName(int operation) {
    return operations.name(operation);
  }

  String signatureName(int signature) {
    return signatures.name(signature);
  }
}
