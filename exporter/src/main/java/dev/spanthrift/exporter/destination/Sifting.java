package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Shipment;
import java.util.BitSet;
import java.util.List;

/**
 * Takes what the specification forbids out of a request before it is sent, so that it leaves alone
 * and takes no neighbour with it. Reads every byte, so it is asked only while such spans come in.
 */
public final class Sifting {
  private Sifting() {}

  /** The same spans in one request, or in two of which the second is malformed and stays alone. */
  public static List<Shipment> of(Shipment shipment) {
    RequestParts parts = RequestParts.of(shipment.signal(), shipment.request());
    BitSet malformed = parts == null ? new BitSet() : parts.malformed();
    if (parts == null || malformed.isEmpty()) {
      return List.of(shipment);
    }
    BitSet good = new BitSet();
    good.set(0, parts.leaves());
    good.andNot(malformed);
    long bad = parts.items(malformed);
    if (good.isEmpty() || bad + parts.items(good) != shipment.items()) {
      return List.of(alone(shipment, shipment.request(), shipment.items()));
    }
    return List.of(
        new Shipment(
            shipment.signal(), parts.only(good), parts.items(good), shipment.worth(), false),
        alone(shipment, parts.only(malformed), bad));
  }

  private static Shipment alone(Shipment of, byte[] request, long items) {
    return new Shipment(of.signal(), request, items, of.worth(), true);
  }
}
