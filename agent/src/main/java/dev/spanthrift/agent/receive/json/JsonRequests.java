package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.sampler.wire.Signal;

/** The JSON converter as the HTTP port asks for it. */
public final class JsonRequests {
  private JsonRequests() {}

  public static JsonDecoder.Decoded decode(Signal signal, byte[] json, int offset, int length) {
    try {
      Encoded encoded = JsonToProtobuf.convert(signal, json, offset, length);
      return new JsonDecoder.Protobuf(encoded.array(), 0, encoded.length());
    } catch (MalformedJsonException bad) {
      return new JsonDecoder.NotJson(String.valueOf(bad.getMessage()));
    }
  }
}
