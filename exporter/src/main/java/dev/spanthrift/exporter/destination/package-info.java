/** One backend each: OTLP over gRPC or HTTP, with queue and retry. */
@NullMarked
package dev.spanthrift.exporter.destination;

import org.jspecify.annotations.NullMarked;
