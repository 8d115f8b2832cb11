package dev.spanthrift.sampler.wire;

import java.util.Arrays;

/**
 * What stood around the spans of a ScopeSpans: one object for each distinct one, shared by all
 * spans that wait below it.
 *
 * <p>Also the place where the writer gathers the kept spans of this scope until the next request
 * leaves.
 */
public final class ScopeContext {
  private static final int OUTPUT_KEPT = 64 * 1024; // larger buffers are let go after the request

  private static final int ENVELOPE_BYTES = 6; // tag and the longest length

  final int id;
  final long hash;
  final ResourceContext resource;
  final byte[] head;
  final byte[] tail;

  /** Spans and gathered outputs that need it; it may go when this is 0. */
  int references;

  private byte[] output = new byte[0];
  private int outputLength;

  ScopeContext(int id, long hash, ResourceContext resource, byte[] head, byte[] tail) {
    this.id = id;
    this.hash = hash;
    this.resource = resource;
    this.head = head;
    this.tail = tail;
  }

  public ResourceContext resource() {
    return resource;
  }

  /** Bytes that this context holds in memory: two objects, seven arrays, an entry of a map. */
  int bytes() {
    ResourceContext r = resource;
    int own = head.length + tail.length + r.serviceName().length() + 400;
    return own + r.extras().length + r.head().length + r.tail().length + r.resource().length;
  }

  /** What it adds to a request beside its spans, tags and lengths included. */
  int envelopeBytes() {
    ResourceContext r = resource;
    int bytes = head.length + tail.length + r.head().length + r.tail().length;
    return bytes + r.extras().length + 2 * ENVELOPE_BYTES;
  }

  boolean isGathering() {
    return outputLength > 0;
  }

  int outputLength() {
    return outputLength;
  }

  byte[] output() {
    return output;
  }

  /** Makes room behind what is gathered and answers where it begins. */
  int reserve(int bytes) {
    int needed = outputLength + bytes;
    if (needed > output.length) {
      output = Arrays.copyOf(output, Math.max(needed, Math.min(output.length * 2, 1 << 29)));
    }
    return outputLength;
  }

  void commit(int newLength) {
    outputLength = newLength;
  }

  void clearOutput() {
    outputLength = 0;
    if (output.length > OUTPUT_KEPT) {
      output = new byte[0];
    }
  }
}
