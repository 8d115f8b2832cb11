package dev.spanthrift.agent.receive.json;

/**
 * Protobuf bytes of one converted request: the first {@code length} bytes of {@code array}.
 *
 * <p>The array belongs to the converting thread, whose next {@link JsonToProtobuf#convert} writes
 * over it: use it before, or copy.
 *
 * @param length in bytes; the array may be longer
 */
public record Encoded(byte[] array, int length) {}
