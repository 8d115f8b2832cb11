package dev.spanthrift.agent.receive;

import dev.spanthrift.agent.receive.door.JsonDecoder;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Stands in for the JSON decoder: a "JSON" text is the hex of the protobuf in quotes. */
public final class FakeJson {
  private FakeJson() {}

  public static byte[] of(byte[] protobuf) {
    return ('"' + HexFormat.of().formatHex(protobuf) + '"').getBytes(StandardCharsets.US_ASCII);
  }

  public static JsonDecoder.Decoded decode(Signal signal, byte[] json, int offset, int length) {
    String text = new String(json, offset, length, StandardCharsets.US_ASCII);
    if (!text.startsWith("\"")) {
      return new JsonDecoder.NotJson("not \"fake\" JSON\n");
    }
    byte[] protobuf = HexFormat.of().parseHex(text.substring(1, text.length() - 1));
    return new JsonDecoder.Protobuf(protobuf, 0, protobuf.length);
  }
}
