package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: waiting, in flight, or waiting for its next attempt.
 *
 * <p>Fields are guarded by the lock of the destination, but for the body, which only the thread
 * that sends touches.
 */
final class Pending {
  final Signal signal;
  long items;
  long bytes;
  int attempts;
  long takenNanos;
  long firstSentNanos;
  long sentNanos;
  long dueNanos;

  private byte @Nullable [] request;
  private List<Pending> followers = List.of();
  private @Nullable Body body;
  private volatile boolean settled;
  private volatile @Nullable Runnable cancel;

  Pending(Shipment shipment) {
    this.signal = shipment.signal();
    this.items = shipment.items();
    this.bytes = shipment.bytes();
    this.request = shipment.request();
  }

  /** Takes the others along as one request (specs W11); the bytes are joined when it is sent. */
  void merge(List<Pending> others, long bytesMerged) {
    followers = others;
    for (Pending other : others) {
      items += other.items;
    }
    bytes = bytesMerged;
  }

  /** Compresses once: later attempts send the same bytes, and the original can go. */
  Body body(Compressor compressor) {
    Body ready = body;
    if (ready == null) {
      ready = compressor.compress(joined());
      body = ready;
      request = null;
      followers = List.of();
    }
    return ready;
  }

  private byte[] joined() {
    byte[] first = uncompressed();
    if (followers.isEmpty()) {
      return first;
    }
    byte[] joined = Arrays.copyOf(first, Math.toIntExact(bytes));
    int end = first.length;
    for (Pending follower : followers) {
      byte[] part = follower.uncompressed();
      System.arraycopy(part, 0, joined, end, part.length);
      end += part.length;
    }
    return joined;
  }

  private byte[] uncompressed() {
    byte[] bytes = request;
    if (bytes == null) {
      throw new IllegalStateException("request was compressed already");
    }
    return bytes;
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
