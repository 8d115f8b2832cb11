package dev.spanthrift.agent.demo;

import dev.spanthrift.sampler.wire.FieldWriter;

/**
 * The ended spans of one simulated service, until its next flush: what an SDK's batch processor
 * holds.
 *
 * <pre>
 * request{1 ResourceSpans{1 Resource{1 attributes}, 2 ScopeSpans{1 Scope{1 name, 2 version}, 2 Span*}}}
 * </pre>
 */
final class ServiceBatch {
  private final byte[] resource;
  private final byte[] scope;
  private final FieldWriter spans = new FieldWriter();
  private final FieldWriter resourceSpans = new FieldWriter();
  private final FieldWriter request = new FieldWriter();
  private int count;

  ServiceBatch(String service) {
    AttributeWriter attributes = new AttributeWriter();
    FieldWriter out = new FieldWriter();
    attributes.string(out, 1, "service.name", service);
    attributes.string(out, 1, "service.namespace", "demo-shop");
    attributes.string(out, 1, "service.instance.id", service + "-0");
    attributes.string(out, 1, "k8s.pod.name", service + "-6d5f7c9b4-x2k7q");
    attributes.string(out, 1, "telemetry.sdk.language", "java");
    resource = out.toBytes();
    out.clear();
    out.text(1, "dev.spanthrift.demo");
    out.text(2, "1.0");
    scope = out.toBytes();
  }

  void add(FieldWriter span) {
    spans.message(2, span);
    count++;
  }

  int count() {
    return count;
  }

  /** One request with all spans so far; begins anew. */
  byte[] flush() {
    FieldWriter scopeSpans = request;
    scopeSpans.clear();
    scopeSpans.bytes(1, scope);
    scopeSpans.append(spans);
    resourceSpans.clear();
    resourceSpans.bytes(1, resource);
    resourceSpans.message(2, scopeSpans);
    request.clear();
    request.message(1, resourceSpans);
    spans.clear();
    count = 0;
    return request.toBytes();
  }
}
