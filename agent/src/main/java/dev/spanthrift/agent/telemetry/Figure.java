package dev.spanthrift.agent.telemetry;

import java.util.List;

/**
 * One number with its labels.
 *
 * @param labels names and values in turns; few and bounded
 */
public record Figure(Instrument instrument, List<String> labels, double value) {}
