package dev.spanthrift.agent.demo;

import tools.jackson.databind.JsonNode;

/**
 * What one sidecar said of itself last.
 *
 * @param page port of its page
 * @param answers whether it did when it was asked last
 * @param held spans that wait for a decision
 * @param queued kept spans that are on their way
 * @param engineAway whether it decides without the engine
 * @param latencyMillis of an exchange with the engine
 */
record PodFigures(
    String name,
    int page,
    boolean answers,
    double spansPerSecond,
    long received,
    long kept,
    long dropped,
    long held,
    long queued,
    long keptBytes,
    boolean engineAway,
    long engineAwaySeconds,
    double latencyMillis,
    int laws,
    int lawsThatHold) {

  /** Before it said anything. */
  static PodFigures unknown(String name, int page) {
    return new PodFigures(name, page, false, 0, 0, 0, 0, 0, 0, 0, true, 0, 0, 0, 0);
  }

  PodFigures withoutAnswer() {
    return new PodFigures(
        name,
        page,
        false,
        0,
        received,
        kept,
        dropped,
        held,
        queued,
        keptBytes,
        engineAway,
        engineAwaySeconds,
        latencyMillis,
        laws,
        lawsThatHold);
  }

  static PodFigures of(String name, int page, JsonNode status) {
    JsonNode spans = status.path("spans");
    JsonNode fleet = status.path("fleet");
    int holds = 0;
    for (JsonNode law : status.path("identities")) {
      holds += law.path("holds").asBoolean(false) ? 1 : 0;
    }
    return new PodFigures(
        name,
        page,
        true,
        status.path("rates").path("receivedSpansPerSecond").asDouble(0),
        spans.path("received").asLong(0),
        spans.path("kept").asLong(0),
        spans.path("dropped").asLong(0),
        spans.path("held").asLong(0),
        spans.path("queued").asLong(0),
        spans.path("keptBytes").asLong(0),
        fleet.path("away").asBoolean(true),
        fleet.path("awaySeconds").asLong(0),
        fleet.path("latencyMillis").asDouble(0),
        status.path("identities").size(),
        holds);
  }

  /** Of what is decided, as a share; 0 where nothing is. */
  double keptShare() {
    return kept + dropped == 0 ? 0 : (double) kept / (kept + dropped);
  }

  boolean isSettled() {
    return answers && held == 0 && queued == 0;
  }
}
