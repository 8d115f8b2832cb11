package dev.spanthrift.exporter;

import dev.spanthrift.sampler.wire.Signal;

/**
 * One encoded {@code Export…ServiceRequest} on its way to one destination.
 *
 * <p>The array belongs to the shipment from here on and is never changed, so that several
 * destinations may share it (specs.md C11).
 *
 * @param items spans, data points, log records or profiles inside; 0 when nobody counted them
 */
public record Shipment(Signal signal, byte[] request, long items) {
  /** Bytes before compression. */
  public int bytes() {
    return request.length;
  }
}
