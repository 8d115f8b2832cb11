package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.sampler.wire.Signal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Everything that a destination counts: for each signal taken = shipped + queued + failed.
 *
 * <p>Not thread-safe: guarded by the lock of its destination, so that one reading is consistent.
 */
final class DestinationCounts {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
  private static final int ERROR_CHARS_MAX = 500;

  private final Map<Signal, Tally> tallies = new EnumMap<>(Signal.class);

  /** Read without the lock by whoever asks for room. */
  private final AtomicLong queuedBytes = new AtomicLong();

  private long wireBytes;
  private long retries;
  private long divided;
  private final Map<String, Long> answers = new TreeMap<>();
  private String lastError = "";

  void taken(Shipment shipment) {
    queuedBytes.addAndGet(shipment.bytes());
    tally(shipment.signal()).take(shipment.items());
  }

  void sent(EncodedBody body, boolean again) {
    wireBytes += body.length();
    retries += again ? 1 : 0;
  }

  void shipped(Pending pending, long rejected) {
    queuedBytes.addAndGet(-pending.bytes);
    Tally tally = tally(pending.signal);
    tally.ship(pending.items, pending.bytes, rejected);
    for (Piece piece : pending.countedPieces()) {
      Piece.Whole whole = piece.whole();
      if (whole != null && whole.shipped()) {
        settle(tally, whole);
      }
    }
  }

  void failed(Pending pending, String reason) {
    queuedBytes.addAndGet(-pending.bytes);
    Tally tally = tally(pending.signal);
    if (pending.items > 0 || pending.countedPieces().stream().allMatch(p -> p.whole() == null)) {
      tally.fail(pending.items, reason);
    }
    for (Piece piece : pending.countedPieces()) {
      Piece.Whole whole = piece.whole();
      if (whole != null && whole.lost(reason)) {
        settle(tally, whole);
      }
    }
  }

  private static void settle(Tally tally, Piece.Whole whole) {
    if (whole.reason().isEmpty()) {
      tally.ship(whole.items(), 0, 0);
    } else {
      tally.fail(whole.items(), whole.reason());
    }
  }

  /** Two requests wait in place of one. */
  void divided(Pending refused, List<Pending> parts) {
    divided++;
    long sum = 0;
    for (Pending part : parts) {
      sum += part.bytes;
    }
    queuedBytes.addAndGet(sum - refused.bytes);
  }

  void answered(String kind) {
    answers.merge(kind, 1L, Long::sum);
  }

  /** What has been lost so far, by reason and over all signals. */
  Map<String, Long> losses() {
    Map<String, Long> losses = new TreeMap<>();
    tallies.values().forEach(tally -> tally.addLosses(losses));
    return losses;
  }

  private Tally tally(Signal signal) {
    return tallies.computeIfAbsent(signal, s -> new Tally());
  }

  /** Keeps the words as one printable line of bounded length, whatever a backend answers. */
  void complaint(String reason, String message) {
    String text = message.isEmpty() ? reason : reason + ": " + message;
    String line = CONTROL.matcher(text).replaceAll(" ");
    lastError = line.length() > ERROR_CHARS_MAX ? line.substring(0, ERROR_CHARS_MAX) + "…" : line;
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  String lastError() {
    return lastError;
  }

  DestinationStatus status(String name, boolean connected, boolean away, long queueBytesMax) {
    Map<Signal, Counts> signals = new EnumMap<>(Signal.class);
    tallies.forEach((signal, tally) -> signals.put(signal, tally.counts()));
    return new DestinationStatus(
        name,
        connected,
        away,
        queuedBytes.get(),
        queueBytesMax,
        wireBytes,
        retries,
        divided,
        signals,
        answers,
        lastError);
  }
}
