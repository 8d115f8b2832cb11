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
  private static final int ENVELOPE_BYTES = 6; // tag and the longest length
  private static final int OBJECT_BYTES = 150; // this, two arrays, an entry of a map
  private static final byte[] NOTHING = {};

  final int id;
  final long hash;
  final ResourceContext resource;
  final byte[] head;
  final byte[] tail;

  /** Spans and gathered outputs that need it; it may go when this is 0. */
  int references;

  private byte[] output = NOTHING; // the writer's, while it gathers
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

  /** Bytes that it holds in memory, beside its resource and what is gathered. */
  int bytes() {
    return head.length + tail.length + OBJECT_BYTES;
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

  /** Begins to gather into a buffer. */
  void lend(byte[] buffer) {
    output = buffer;
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
      output = Arrays.copyOf(output, Scratch.grown(output.length, needed));
    }
    return outputLength;
  }

  void commit(int newLength) {
    outputLength = newLength;
  }

  /** Ends it and hands the buffer back, which may be another one by now. */
  byte[] giveBack() {
    byte[] buffer = output;
    output = NOTHING;
    outputLength = 0;
    return buffer;
  }
}
