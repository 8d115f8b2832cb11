package dev.spanthrift.agent.telemetry;

import java.util.Map;

/**
 * One number of ours with its name and labels, the same for Prometheus and for OTLP.
 *
 * @param name dotted, e.g. {@code spanthrift.spans}
 * @param unit UCUM: {@code By}, {@code {span}}
 * @param labels few and bounded
 */
record Figure(
    Kind kind,
    String name,
    String unit,
    String description,
    Map<String, String> labels,
    long value) {

  /** Whether it only grows. */
  enum Kind {
    COUNTER,
    GAUGE
  }
}
