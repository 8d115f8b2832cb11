/**
 * Streams of events (SSE): what goes on, told to whoever listens; nothing runs when nobody does.
 */
@NullMarked
package dev.spanthrift.agent.control.stream;

import org.jspecify.annotations.NullMarked;
