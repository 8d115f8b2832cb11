package dev.spanthrift.agent.config.settings;

import dev.spanthrift.sampler.trace.DecisionMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * The bounds of all buffers, made to fit the heap that the JVM has.
 *
 * <p>The defaults suit a heap of some hundred MB. In the small one of a sidecar their sum is more
 * than there is, and a backend that is away for a minute would end the process by filling a queue
 * that is within its bound.
 *
 * @param decisionsMax traces whose decision is remembered
 * @param decisionLogBytesMax for decisions that can be explained
 * @param recordingBytesMax for the last spans as columns, and for what was learned before them:
 *     until the first one comes only what an earlier process left
 * @param heldBytesMax for spans that wait for their decision
 * @param queueBytesMax for a destination, unless its own bound is lower
 * @param requestBytesMax for one request at the door
 * @param pendingBytesMax for all requests that are being read
 * @param reduced what is less than was set: the key, and then in words
 */
public record HeapBounds(
    int decisionsMax,
    long decisionLogBytesMax,
    long recordingBytesMax,
    long heldBytesMax,
    long queueBytesMax,
    long requestBytesMax,
    long pendingBytesMax,
    List<String> reduced) {
  private static final long RECORDING_BYTES = 4L << 20; // the default
  private static final int LEDGER_ENTRY_BYTES = 328; // a quarter full, after it grew

  public static HeapBounds of(SpanthriftSettings settings, long heapBytes) {
    List<String> reduced = new ArrayList<>();
    int wanted = settings.decisionMemory().tracesMax();
    long log = fit("explain.bytesMax", settings.explain().bytesMax(), heapBytes / 8, reduced);
    ByteSize asked = settings.recording().bytesMax();
    // On by default it shall cost little; who sets it higher wants it.
    long most = asked.bytes() <= RECORDING_BYTES ? heapBytes / 16 : heapBytes / 2;
    long recording = fit("recording.bytesMax", asked, most, reduced);
    long others = recording + log;
    HeapShare share = HeapShare.of(heapBytes, others, wanted);
    int decisions = share.decisionsMax();
    if (decisions < wanted) {
      reduced.add("decisionMemory.tracesMax " + decisions + " instead of " + wanted);
    }
    long free = share.freeBytes();
    long held = fit("hold.bytesMax", settings.hold().bytesMax(), free / 3, reduced);
    long rest = Math.max(0, free - held);
    // A request lies there as it came, unpacked, and once more in what is held or queued of it.
    ByteSize request = settings.listen().requestBytesMax();
    ByteSize pending = settings.listen().pendingBytesMax();
    long requests = fit("listen.requestBytesMax", request, rest / 8, reduced);
    long reading = Math.max(requests, fit("listen.pendingBytesMax", pending, rest / 4, reduced));
    List<DestinationSettings> destinations = settings.destinations();
    long queue = destinations.isEmpty() ? HeapShare.LEAST_BYTES : 0;
    for (int i = 0; i < destinations.size(); i++) {
      String key = "destinations[" + i + "].queueBytesMax";
      ByteSize own = destinations.get(i).queueBytesMax();
      queue = Math.max(queue, fit(key, own, rest / 3 / destinations.size(), reduced));
    }
    return new HeapBounds(
        decisions, log, recording, held, queue, requests, reading, List.copyOf(reduced));
  }

  /** Traces kept lately that the ledger has room for, in an eighth of what may wait. */
  public int ledgerTracesMax(int tracesMax) {
    return (int) Math.min(tracesMax, heldBytesMax / 8 / LEDGER_ENTRY_BYTES);
  }

  /** All bounds and their sum, as people read them. */
  public String words(int destinations) {
    return "spans that wait "
        + mebibytes(heldBytesMax)
        + ", queues "
        + destinations
        + " × "
        + mebibytes(queueBytesMax)
        + ", requests being read "
        + mebibytes(pendingBytesMax)
        + " (one "
        + mebibytes(requestBytesMax)
        + "), decisions "
        + mebibytes(DecisionMemory.bytesMax(decisionsMax))
        + ", the decision log "
        + mebibytes(decisionLogBytesMax)
        + ", the recording "
        + mebibytes(recordingBytesMax)
        + "; together at most "
        + mebibytes(sumBytes(destinations))
        + " MiB";
  }

  /** Of all that these bounds allow at once. */
  long sumBytes(int destinations) {
    return heldBytesMax
        + destinations * queueBytesMax
        + pendingBytesMax
        + DecisionMemory.bytesMax(decisionsMax)
        + decisionLogBytesMax
        + recordingBytesMax;
  }

  private static String mebibytes(long bytes) {
    return String.valueOf((bytes + (1 << 19)) >> 20);
  }

  private static long fit(String name, ByteSize wanted, long atMost, List<String> reduced) {
    long bound = Math.max(HeapShare.LEAST_BYTES, atMost >> 10 << 10);
    if (wanted.bytes() <= bound) {
      return wanted.bytes();
    }
    reduced.add(name + " " + new ByteSize(bound) + " instead of " + wanted);
    return bound;
  }
}
