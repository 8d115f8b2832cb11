package dev.spanthrift.exporter;

import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;

/**
 * One encoded {@code Export…ServiceRequest} on its way to one destination.
 *
 * <p>The array belongs to the shipment from here on and is never changed, so that several
 * destinations may share it (specs.md C11).
 *
 * @param items spans, data points, log records or profiles inside; 0 when nobody counted them
 * @param worth decides who leaves when the queue is full
 * @param alone never merged with others: a backend may refuse it
 */
public record Shipment(Signal signal, byte[] request, long items, Worth worth, boolean alone) {
  /** What may be merged. */
  public Shipment(Signal signal, byte[] request, long items, Worth worth) {
    this(signal, request, items, worth, false);
  }

  /** What passes unjudged. */
  public Shipment(Signal signal, byte[] request, long items) {
    this(signal, request, items, Worth.UNJUDGED);
  }

  /** Bytes before compression. */
  public int bytes() {
    return request.length;
  }
}
