package dev.spanthrift.agent;

import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.agent.receive.json.Encoded;
import dev.spanthrift.agent.receive.json.JsonToProtobuf;
import dev.spanthrift.agent.receive.json.MalformedJsonException;
import dev.spanthrift.sampler.wire.Signal;

/** Joins the HTTP port and the JSON converter, which do not know each other. */
final class JsonRequests {
  private JsonRequests() {}

  static JsonDecoder.Decoded decode(Signal signal, byte[] json, int offset, int length) {
    try {
      Encoded encoded = JsonToProtobuf.convert(signal, json, offset, length);
      return new JsonDecoder.Protobuf(encoded.array(), 0, encoded.length());
    } catch (MalformedJsonException bad) {
      return new JsonDecoder.NotJson(String.valueOf(bad.getMessage()));
    }
  }
}
