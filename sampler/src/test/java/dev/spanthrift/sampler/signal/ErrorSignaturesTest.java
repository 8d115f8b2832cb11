package dev.spanthrift.sampler.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import org.junit.jupiter.api.Test;

class ErrorSignaturesTest {
  private final ErrorSignatures signatures = new ErrorSignatures();

  private int of(String key, AnyValue value) {
    byte[] span =
        Span.newBuilder()
            .addAttributes(KeyValue.newBuilder().setKey("other").setValue(text("x")))
            .addAttributes(KeyValue.newBuilder().setKey(key).setValue(value))
            .build()
            .toByteArray();
    return signatures.intern(span, 0, span.length);
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  private static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  /** Old and new names of the conventions mean the same (specs.md 2H). */
  @Test
  void h2_oldAndNewNamesGiveOneSignature() {
    int http = of("http.response.status_code", number(503));
    assertEquals(http, of("http.status_code", number(503)));
    assertNotEquals(http, of("http.response.status_code", number(500)));

    int rpc = of("rpc.response.status_code", text("DEADLINE_EXCEEDED"));
    assertEquals(rpc, of("rpc.status_code", text("DEADLINE_EXCEEDED")));
    assertNotEquals(rpc, of("rpc.status_code", text("UNAVAILABLE")));
    int numbered = of("rpc.grpc.status_code", number(4));
    assertEquals(numbered, of("rpc.status_code", number(4)));

    assertNotEquals(of("error.type", text("503")), of("exception.type", text("503")));
    assertEquals(of("unknown.key", text("a")), of("unknown.key", text("b")), "says nothing");
  }
}
