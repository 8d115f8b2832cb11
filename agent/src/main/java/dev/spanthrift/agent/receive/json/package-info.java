/** OTLP/JSON at the door: turned into OTLP protobuf, so that all later steps know one encoding. */
@NullMarked
package dev.spanthrift.agent.receive.json;

import org.jspecify.annotations.NullMarked;
