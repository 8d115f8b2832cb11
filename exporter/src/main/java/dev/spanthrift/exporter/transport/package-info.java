/** One request over gRPC or HTTP to a backend, and what its answer means. */
@NullMarked
package dev.spanthrift.exporter.transport;

import org.jspecify.annotations.NullMarked;
