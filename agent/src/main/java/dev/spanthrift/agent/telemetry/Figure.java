package dev.spanthrift.agent.telemetry;

import java.util.List;

/**
 * One number with its labels.
 *
 * @param labels names and values in turns; few and bounded
 */
record Figure(Instrument instrument, List<String> labels, long value) {}
