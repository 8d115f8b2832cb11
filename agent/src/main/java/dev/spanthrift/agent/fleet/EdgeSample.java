package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.TraceWatch;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Fields;
import dev.spanthrift.sampler.wire.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One trace in {@value #ONE_OF}, the same in every sidecar: which spans a fragment has, whose
 * parents are elsewhere, and whether it was kept.
 *
 * <p>At most {@value #TRACES_MAX} wait for their decision, and as many to be fetched: the oldest
 * leave. Of a fragment {@value #SPANS_MAX} spans are noted.
 */
final class EdgeSample implements TraceWatch {
  static final int ONE_OF = 16;
  private static final int TRACES_MAX = 256;
  private static final int SPANS_MAX = 32;
  private static final int NAME_MAX = 64;
  private static final byte[] SERVICE_NAME = "service.name".getBytes(StandardCharsets.US_ASCII);

  record Id(long high, long low) {}

  /** A span and its parent, 0 for none. */
  record Noted(long span, long parent, String service) {}

  /** What one sidecar saw of a trace. */
  record Part(Id trace, boolean kept, List<Noted> spans) {}

  private final Map<Id, List<Noted>> open = new LinkedHashMap<>();
  private final Attributes attributes = new Attributes();
  private int lastResource = -1; // of the batch
  private String lastService = "";
  private List<Part> decided = new ArrayList<>();

  static boolean isSampled(long high, long low) {
    return (Hash.mix(high ^ Long.rotateLeft(low, 17)) & (ONE_OF - 1)) == 0;
  }

  @Override
  public synchronized void received(Batch batch) {
    lastResource = -1;
    for (int row = 0; row < batch.size(); row++) {
      long high = batch.traceIdHigh(row);
      long low = batch.traceIdLow(row);
      if (isSampled(high, low) && batch.hasValidTraceId(row)) {
        note(new Id(high, low), batch, row);
      }
    }
  }

  private void note(Id trace, Batch batch, int row) {
    List<Noted> spans = open.computeIfAbsent(trace, unused -> new ArrayList<>());
    if (spans.size() < SPANS_MAX) {
      long parent = batch.hasParent(row) ? batch.parentSpanId(row) : 0;
      spans.add(new Noted(batch.spanId(row), parent, service(batch, row)));
    }
    if (open.size() > TRACES_MAX) {
      open.remove(open.keySet().iterator().next());
    }
  }

  private String service(Batch batch, int row) {
    int resource = batch.resourceOfScope(batch.scope(row));
    if (resource != lastResource) {
      lastResource = resource;
      lastService = service(batch.resources(), resource);
    }
    return lastService;
  }

  private String service(Envelopes resources, int resource) {
    byte[] bytes = resources.messageBuffer(resource);
    attributes.over(
        bytes,
        resources.messageOffset(resource),
        resources.messageLength(resource),
        Fields.ATTRIBUTES_OF_RESOURCE);
    if (!attributes.find(SERVICE_NAME) || attributes.readValue() != Attributes.STRING) {
      return "unknown";
    }
    int length = Math.min(NAME_MAX, attributes.valueLength());
    return new String(bytes, attributes.valueOffset(), length, StandardCharsets.UTF_8)
        .replace('\t', ' ');
  }

  @Override
  public void kept(long high, long low, int spans, long bytes, String reason) {
    decided(high, low, true);
  }

  @Override
  public void dropped(long high, long low, int spans, long bytes, String reason) {
    decided(high, low, false);
  }

  private void decided(long high, long low, boolean kept) {
    if (isSampled(high, low)) {
      close(new Id(high, low), kept);
    }
  }

  private synchronized void close(Id trace, boolean kept) {
    List<Noted> spans = open.remove(trace);
    if (spans != null && decided.size() < TRACES_MAX) {
      decided.add(new Part(trace, kept, spans));
    }
  }

  /** What was decided since the last call. */
  synchronized List<Part> take() {
    List<Part> taken = decided;
    decided = new ArrayList<>();
    return taken;
  }
}
