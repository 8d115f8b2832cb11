/** The OTLP ports: gRPC and HTTP in, raw bytes to the intake. */
@NullMarked
package dev.spanthrift.agent.receive;

import org.jspecify.annotations.NullMarked;
