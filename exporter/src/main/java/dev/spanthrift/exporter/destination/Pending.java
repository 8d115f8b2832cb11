package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.transport.Compressor;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: waiting, in flight, or waiting for its next attempt. Made of the pieces
 * that were offered, which leave together (specs.md W11) until a backend refuses them.
 *
 * <p>Fields are guarded by the lock of the destination, but for the body, which only the thread
 * that sends touches while the request is in flight.
 */
final class Pending {
  final Signal signal;
  final Worth worth;
  final long takenNanos;

  /** Where it stands in the line; parts of one request share it. */
  final long order;

  /** Of the parts of one request, which comes first. */
  final long part;

  /** Of those pieces that are counted by themselves. */
  long items;

  long bytes;
  int attempts;
  long firstSentNanos;
  long sentNanos;
  long dueNanos;

  /** Not merged. */
  final boolean alone;

  /** A part of a request that was refused or failed. */
  final boolean divided;

  private List<Piece> pieces;
  private @Nullable EncodedBody body;
  private volatile boolean settled;
  private volatile @Nullable Runnable cancel;

  Pending(Shipment shipment, long order, long takenNanos) {
    this.signal = shipment.signal();
    this.worth = shipment.worth();
    this.takenNanos = takenNanos;
    this.order = order;
    this.part = 0;
    this.alone = shipment.alone();
    this.divided = false;
    this.pieces = List.of(Piece.of(shipment));
    count();
  }

  private Pending(Pending whole, List<Piece> pieces, boolean second) {
    this.signal = whole.signal;
    this.worth = whole.worth;
    this.takenNanos = whole.takenNanos;
    this.order = whole.order;
    this.part = whole.part * 2 + (second ? 1 : 0);
    this.alone = true;
    this.divided = true;
    this.pieces = pieces;
    count();
  }

  /** Some pieces of this request as a request of their own, which begins anew. */
  Pending part(List<Piece> some, boolean second) {
    return new Pending(this, some, second);
  }

  private void count() {
    items = 0;
    bytes = 0;
    for (Piece piece : pieces) {
      items += piece.ownItems();
      bytes += piece.length();
    }
  }

  /** Takes the others along; the bytes are joined when it is sent. */
  void merge(List<Pending> others) {
    List<Piece> all = new ArrayList<>(pieces);
    others.forEach(other -> all.addAll(other.pieces));
    pieces = all;
    count();
  }

  /** The pieces with their bytes, wherever these are by now. */
  List<Piece> pieces() {
    EncodedBody sent = body;
    if (sent == null) {
      return pieces;
    }
    byte[] joined = Compressor.plain(sent, Math.toIntExact(bytes));
    List<Piece> all = new ArrayList<>();
    int at = 0;
    for (Piece piece : pieces) {
      all.add(piece.with(joined, at));
      at += piece.length();
    }
    return all;
  }

  /** For counting: the bytes may have gone. */
  List<Piece> countedPieces() {
    return pieces;
  }

  /** Compresses once: later attempts send the same bytes, and the original can go. */
  EncodedBody body(Compressor compressor) {
    EncodedBody ready = body;
    if (ready == null) {
      ready = compressor.compress(joined());
      pieces = pieces.stream().map(Piece::withoutBytes).toList();
      body = ready;
    }
    return ready;
  }

  private byte[] joined() {
    if (pieces.size() == 1) {
      return pieces.getFirst().bytes();
    }
    byte[] joined = new byte[Math.toIntExact(bytes)];
    int at = 0;
    for (Piece piece : pieces) {
      System.arraycopy(piece.bytes(), 0, joined, at, piece.length());
      at += piece.length();
    }
    return joined;
  }

  /** From now on the attempt can be cancelled; at once when the request was settled meanwhile. */
  void sent(Runnable cancel) {
    this.cancel = cancel;
    if (settled) {
      cancel.run();
    }
  }

  void settle() {
    settled = true;
  }

  void cancel() {
    Runnable known = cancel;
    if (known != null) {
      known.run();
    }
  }
}
