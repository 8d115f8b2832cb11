package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.sampler.wire.Signal;
import java.util.EnumMap;
import java.util.Map;
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
    tally(pending.signal).ship(pending.items, pending.bytes, rejected);
  }

  void failed(Pending pending, String reason) {
    queuedBytes.addAndGet(-pending.bytes);
    tally(pending.signal).fail(pending.items, reason);
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

  DestinationStatus status(String name, boolean connected, long queueBytesMax) {
    Map<Signal, Counts> signals = new EnumMap<>(Signal.class);
    tallies.forEach((signal, tally) -> signals.put(signal, tally.counts()));
    return new DestinationStatus(
        name, connected, queuedBytes.get(), queueBytesMax, wireBytes, retries, signals, lastError);
  }
}
