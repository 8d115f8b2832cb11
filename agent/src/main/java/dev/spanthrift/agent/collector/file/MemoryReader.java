package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.settings.HeapShare;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code memory_limiter}, and says where this process's heap holds less than the Collector
 * would.
 *
 * <p>The Collector refuses requests at its limit; here the oldest traces are decided early.
 */
final class MemoryReader {
  private static final long MEBI = 1 << 20;

  /** A waiting span takes a quarter of the Collector's bytes, or less: 0.71 to 2.8 kB there. */
  private static final int FRUGAL = 4;

  private final Place processors;
  private final Remarks remarks;

  MemoryReader(Place processors, Remarks remarks) {
    this.processors = processors;
    this.remarks = remarks;
  }

  /** What waits may take the limit. */
  static void read(Place at, Map<String, Object> hold) {
    long limit = at.child("limit_mib").whole(0);
    if (limit > 0) {
      hold.put("bytesMax", limit + "MiB");
    }
  }

  /** Makes the bounds fit this process. */
  void fit(List<Place> named, Map<String, Object> hold, int remembered) {
    fit(named, hold, remembered, Runtime.getRuntime().maxMemory());
  }

  void fit(List<Place> named, Map<String, Object> hold, int remembered, long heapBytes) {
    HeapShare share = HeapShare.of(heapBytes, 0, remembered);
    long most = share.heldBytesMax() / MEBI;
    long wanted = most;
    for (Place processor : named) {
      Place at = processors.child(processor.text(""));
      switch (ComponentId.type(processor.text(""))) {
        case "memory_limiter" -> {
          long limit = at.child("limit_mib").whole(0);
          wanted = limit > 0 ? Math.min(most, limit) : most;
          sayIfLess(at.child("limit_mib"), limit, most);
        }
        case "tail_sampling" -> sayIfForgotten(at, remembered, share.decisionsMax());
        default -> {}
      }
    }
    boolean limited =
        named.stream().anyMatch(p -> ComponentId.type(p.text("")).equals("memory_limiter"));
    if (!limited) {
      remarks.note(
          processors,
          "without memory_limiter the Collector holds whatever comes; here spans wait in at most "
              + wanted
              + " MiB (hold.bytesMax), above which the oldest traces are decided early");
    }
    hold.put("bytesMax", wanted + "MiB");
  }

  private void sayIfLess(Place at, long limit, long most) {
    if (limit > most * FRUGAL) {
      remarks.differs(
          at,
          "spans may wait in "
              + most
              + " MiB of this heap, although they take a quarter of the Collector's memory here;"
              + " above it the oldest traces are decided early; set SPANTHRIFT_JAVA_OPTS=-Xmx…");
    } else if (limit > 0) {
      remarks.note(at, "at the limit the oldest traces are decided early, and nobody is refused");
    }
  }

  private void sayIfForgotten(Place at, int remembered, int most) {
    if (remembered > most) {
      Place cache = at.child("decision_cache");
      remarks.differs(
          cache.given() ? cache : at.child("num_traces").given() ? at.child("num_traces") : at,
          most + " decisions are remembered in this heap; set SPANTHRIFT_JAVA_OPTS=-Xmx…");
    }
  }
}
