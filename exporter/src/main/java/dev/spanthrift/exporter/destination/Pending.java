package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.transport.Compressor;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: waiting, in flight, or waiting for its next attempt.
 *
 * <p>Fields are guarded by the lock of the destination, but for the bytes, which only the thread
 * that sends touches while the request is in flight.
 */
final class Pending {
  final Signal signal;
  final long takenNanos;
  long items;
  long bytes;
  int attempts;
  long firstSentNanos;
  long sentNanos;
  long dueNanos;

  /** Was refused as a part of a larger request, and is not merged again. */
  boolean alone;

  private final long ownItems;
  private final long ownBytes;
  private byte @Nullable [] request;
  private List<Pending> followers = List.of();
  private @Nullable EncodedBody body;
  private volatile boolean settled;
  private volatile @Nullable Runnable cancel;

  Pending(Shipment shipment, long takenNanos) {
    this.signal = shipment.signal();
    this.takenNanos = takenNanos;
    this.items = shipment.items();
    this.ownItems = shipment.items();
    this.bytes = shipment.bytes();
    this.ownBytes = shipment.bytes();
    this.request = shipment.request();
  }

  /** Takes the others along as one request (specs.md W11); the bytes are joined when it is sent. */
  void merge(List<Pending> others, long bytesMerged) {
    followers = others;
    for (Pending other : others) {
      items += other.items;
    }
    bytes = bytesMerged;
  }

  boolean merged() {
    return !followers.isEmpty();
  }

  /** Undoes the merge; the parts begin anew, each on its own. */
  List<Pending> split() {
    List<Pending> parts = new ArrayList<>(followers.size() + 1);
    parts.add(this);
    parts.addAll(followers);
    items = ownItems;
    bytes = ownBytes;
    followers = List.of();
    body = null;
    attempts = 0;
    parts.forEach(part -> part.alone = true);
    return parts;
  }

  /** Compresses once: later attempts send the same bytes, and the original can go. */
  EncodedBody body(Compressor compressor) {
    EncodedBody ready = body;
    if (ready == null) {
      ready = compressor.compress(joined());
      body = ready;
      request = merged() ? request : null; // a merged one may have to be split
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
