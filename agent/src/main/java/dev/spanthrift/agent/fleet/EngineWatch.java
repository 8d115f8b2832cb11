package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.FleetStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the engine was asked and how it went; written by one thread, read by any. */
final class EngineWatch {
  private final Map<Trouble, Long> troubles = new EnumMap<>(Trouble.class);
  private long calls;
  private long bytesSent;
  private long bytesReceived;
  private long asked;
  private long told;
  private long answeredAlone;
  private long exchanges;
  private double latencyNanos; // of late, about the last twenty
  private long latencyMax;
  private String lastTrouble = "";

  synchronized void call(long sent) {
    calls++;
    bytesSent += sent;
  }

  synchronized void received(long bytes) {
    bytesReceived += bytes;
  }

  synchronized void exchange(long nanos, int tells, int asks, int alone) {
    exchanges++;
    told += tells;
    asked += asks;
    answeredAlone += alone;
    latencyNanos = latencyNanos == 0 ? nanos : latencyNanos + (nanos - latencyNanos) / 20;
    latencyMax = Math.max(latencyMax, nanos);
  }

  synchronized void alone(int asks) {
    asked += asks;
    answeredAlone += asks;
  }

  synchronized void trouble(Trouble trouble, String words) {
    troubles.merge(trouble, 1L, Long::sum);
    lastTrouble = words;
  }

  synchronized FleetStatus.EngineTraffic traffic() {
    return new FleetStatus.EngineTraffic(
        exchanges, calls, bytesSent, bytesReceived, told, asked, answeredAlone);
  }

  synchronized Map<String, Long> troubles() {
    Map<String, Long> named = new TreeMap<>();
    troubles.forEach((trouble, count) -> named.put(trouble.id(), count));
    return named;
  }

  synchronized String lastTrouble() {
    return lastTrouble;
  }

  synchronized double latencyMillis() {
    return latencyNanos / 1e6;
  }

  synchronized double latencyMillisMax() {
    return latencyMax / 1e6;
  }
}
