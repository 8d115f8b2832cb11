package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.Compression;

/**
 * A request as it goes over the wire: the first {@code length} bytes of an array that nobody
 * changes.
 */
public record EncodedBody(byte[] bytes, int length, Compression compression) {}
