/** OTLP/gRPC: unary calls over HTTP/2 frames of our own. */
@NullMarked
package dev.spanthrift.agent.receive.grpc;

import org.jspecify.annotations.NullMarked;
