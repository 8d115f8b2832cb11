package dev.spanthrift.exporter.destination;

/**
 * A request as it goes over the wire: the first {@code length} bytes of an array that nobody
 * changes.
 */
record Body(byte[] bytes, int length) {}
