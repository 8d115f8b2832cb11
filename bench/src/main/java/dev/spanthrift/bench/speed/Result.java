package dev.spanthrift.bench.speed;

import java.util.Locale;

/**
 * One measurement of one subject.
 *
 * @param cpuPerMillion CPU-seconds of the server, user and system, per million accepted spans
 * @param idleKb resident memory before the first request
 * @param residentKb largest resident memory in the window
 * @param loadCpu share of one core that load and sink took: near 1 they are the limit, not the
 *     server
 */
record Result(
    String subject,
    double spansPerSecond,
    double cpuPerMillion,
    double systemShare,
    double serverCpu,
    double loadCpu,
    long idleKb,
    long residentKb,
    long anonymousKb,
    long sent,
    long accepted,
    long refused,
    long skipped,
    long exported,
    long exportedErrors,
    String identities) {

  static final String HEADER =
      String.format(
          Locale.ROOT,
          "%-14s %10s %10s %5s %8s %6s %8s %8s %8s %10s %8s %8s %10s %8s",
          "subject",
          "spans/s",
          "CPU-s/M",
          "sys",
          "ms/s",
          "load",
          "idle MB",
          "RSS MB",
          "anon MB",
          "accepted",
          "refused",
          "skipped",
          "exported",
          "errors");

  double millisPerSecond() {
    return serverCpu * 1e3;
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "%-14s %10.0f %10s %4.0f%% %8.1f %6.2f %8.0f %8.0f %8.0f %10d %8d %8d %10d %8d %s",
        subject,
        spansPerSecond,
        accepted == 0 ? "-" : String.format(Locale.ROOT, "%.2f", cpuPerMillion),
        systemShare * 100,
        millisPerSecond(),
        loadCpu,
        idleKb / 1024.0,
        residentKb / 1024.0,
        anonymousKb / 1024.0,
        accepted,
        refused,
        skipped,
        exported,
        exportedErrors,
        identities);
  }

  String json(String combination) {
    return String.format(
        Locale.ROOT,
        "{\"combination\":\"%s\",\"subject\":\"%s\",\"spansPerSecond\":%.0f,"
            + "\"cpuSecondsPerMillionSpans\":%.3f,\"systemShare\":%.3f,\"serverCpu\":%.5f,"
            + "\"loadCpu\":%.3f,\"idleKb\":%d,\"residentKb\":%d,\"anonymousKb\":%d,\"sent\":%d,"
            + "\"accepted\":%d,\"refused\":%d,\"skipped\":%d,\"exported\":%d,"
            + "\"exportedErrors\":%d,\"identities\":\"%s\"}%n",
        combination,
        subject,
        spansPerSecond,
        cpuPerMillion,
        systemShare,
        serverCpu,
        loadCpu,
        idleKb,
        residentKb,
        anonymousKb,
        sent,
        accepted,
        refused,
        skipped,
        exported,
        exportedErrors,
        identities);
  }
}
