/** OTLP/HTTP. */
@NullMarked
package dev.spanthrift.agent.receive.http;

import org.jspecify.annotations.NullMarked;
