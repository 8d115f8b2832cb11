package dev.spanthrift.exporter.transport;

/**
 * A request as it goes over the wire: the first {@code length} bytes of an array that nobody
 * changes.
 */
public record EncodedBody(byte[] bytes, int length) {}
