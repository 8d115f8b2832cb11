/** A small OTLP client over raw bytes, for {@code send} and {@code demo}. */
@NullMarked
package dev.spanthrift.agent.client;

import org.jspecify.annotations.NullMarked;
