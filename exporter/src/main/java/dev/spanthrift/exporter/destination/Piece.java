package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Shipment;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A request as it was offered, or a part of one.
 *
 * @param plain its bytes; null when the compressed body has them
 * @param items spans, data points and so on, when every one of them can be found; else what the
 *     whole counts as, which is then settled by the last of its parts
 * @param whole of which this is one of several parts that cannot be counted by themselves
 */
record Piece(byte @Nullable [] plain, int length, long items, @Nullable Whole whole) {

  /** A request whose parts are not counted: it is shipped when all of them are. */
  static final class Whole {
    private final long items;
    private int open = 1;
    private int shipped;
    private String lostTo = "";

    Whole(long items) {
      this.items = items;
    }

    long items() {
      return items;
    }

    private void divide() {
      open++;
    }

    /** One part has gone; says whether it was the last. */
    boolean shipped() {
      shipped++;
      return --open == 0;
    }

    /** One part is lost; says whether it was the last. */
    boolean lost(String reason) {
      lostTo = reason;
      return --open == 0;
    }

    /** Why it is lost, as a whole or partly; empty when it is not. */
    String reason() {
      return lostTo.isEmpty() || shipped == 0 ? lostTo : "partly_" + lostTo;
    }
  }

  static Piece of(Shipment shipment) {
    return new Piece(shipment.request(), shipment.bytes(), shipment.items(), null);
  }

  /** Items that are counted by themselves. */
  long ownItems() {
    return whole == null ? items : 0;
  }

  byte[] bytes() {
    byte[] here = plain;
    if (here == null) {
      throw new IllegalStateException("the bytes have been compressed");
    }
    return here;
  }

  Piece withoutBytes() {
    return new Piece(null, length, items, whole);
  }

  Piece with(byte[] joined, int at) {
    byte[] own =
        at == 0 && length == joined.length ? joined : Arrays.copyOfRange(joined, at, at + length);
    return new Piece(own, length, items, whole);
  }

  /** Two requests in place of this one: these leaves, and the others. */
  Piece[] divide(RequestParts parts, BitSet first) {
    BitSet all = new BitSet();
    all.set(0, parts.leaves());
    BitSet second = (BitSet) all.clone();
    second.andNot(first);
    boolean counted = whole == null && parts.items(all) == items;
    Whole of = counted ? null : whole == null ? new Whole(items) : whole;
    if (of != null) {
      of.divide();
    }
    return new Piece[] {part(parts, first, of), part(parts, second, of)};
  }

  private Piece part(RequestParts parts, BitSet chosen, @Nullable Whole of) {
    byte[] request = parts.only(chosen);
    return new Piece(request, request.length, of == null ? parts.items(chosen) : items, of);
  }
}
