package dev.spanthrift.exporter.destination;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Divides what a backend has refused, so that at the end only the part is lost which it meant.
 *
 * <p>First what the specification forbids is sifted out, which one extra request mostly settles;
 * after that, whatever the backend's own rules are, by halves: the requests that were merged, then
 * resources, scopes, spans.
 */
final class Division {
  private Division() {}

  /** Two requests in place of this one; none when there is nothing to divide. */
  static List<Pending> of(Pending refused) {
    List<Piece> pieces = refused.pieces();
    if (!refused.divided) {
      List<Pending> sifted = sift(refused, pieces);
      if (!sifted.isEmpty()) {
        return sifted;
      }
    }
    if (pieces.size() > 1) {
      int half = pieces.size() / 2;
      return two(refused, pieces.subList(0, half), pieces.subList(half, pieces.size()));
    }
    Piece piece = pieces.getFirst();
    RequestParts parts = RequestParts.of(refused.signal, piece.bytes());
    if (parts == null || parts.leaves() < 2) {
      return List.of();
    }
    BitSet first = new BitSet();
    first.set(0, parts.middle());
    Piece[] halves = piece.divide(parts, first);
    return two(refused, List.of(halves[0]), List.of(halves[1]));
  }

  private static List<Pending> sift(Pending refused, List<Piece> pieces) {
    List<RequestParts> known = new ArrayList<>();
    List<BitSet> malformed = new ArrayList<>();
    int leaves = 0;
    int bad = 0;
    for (Piece piece : pieces) {
      RequestParts parts = RequestParts.of(refused.signal, piece.bytes());
      if (parts == null) {
        return List.of(); // something else is wrong
      }
      known.add(parts);
      malformed.add(parts.malformed());
      leaves += parts.leaves();
      bad += malformed.getLast().cardinality();
    }
    if (bad == 0 || bad == leaves) {
      return List.of();
    }
    List<Piece> good = new ArrayList<>();
    List<Piece> rest = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      BitSet those = malformed.get(i);
      if (those.isEmpty() || those.cardinality() == known.get(i).leaves()) {
        (those.isEmpty() ? good : rest).add(pieces.get(i));
      } else {
        Piece[] parts = pieces.get(i).divide(known.get(i), those);
        rest.add(parts[0]);
        good.add(parts[1]);
      }
    }
    return two(refused, good, rest);
  }

  private static List<Pending> two(Pending refused, List<Piece> first, List<Piece> second) {
    return List.of(
        refused.part(List.copyOf(first), false), refused.part(List.copyOf(second), true));
  }
}
