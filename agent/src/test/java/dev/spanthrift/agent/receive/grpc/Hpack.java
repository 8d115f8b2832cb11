package dev.spanthrift.agent.receive.grpc;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.HashMap;
import java.util.Map;

/** Reads one header block on its own. */
final class Hpack {
  private Hpack() {}

  static Map<String, String> fields(byte[] block) {
    try {
      Http2Headers headers =
          new DefaultHttp2HeadersDecoder(false).decodeHeaders(1, Unpooled.wrappedBuffer(block));
      Map<String, String> fields = new HashMap<>();
      headers.forEach(e -> fields.put(e.getKey().toString(), e.getValue().toString()));
      return fields;
    } catch (Http2Exception e) {
      throw new AssertionError("server sent a bad header block", e);
    }
  }
}
