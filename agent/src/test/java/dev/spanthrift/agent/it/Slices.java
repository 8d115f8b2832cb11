package dev.spanthrift.agent.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The spans of a request as the bytes that they are on the wire, with where they stand. */
final class Slices {
  private static final int RESOURCE_SPANS = 1;
  private static final int SCOPE_SPANS = 2;
  private static final int SPAN = 2;

  private Slices() {}

  /**
   * One span's bytes.
   *
   * @param resource all of ResourceSpans but its scopes, as it lies on the wire
   * @param scope all of ScopeSpans but its spans
   */
  record Slice(ByteString resource, ByteString scope, ByteString span) {
    Span decoded() {
      try {
        return Span.parseFrom(span);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
  }

  static List<Slice> of(byte[] request) {
    List<Slice> slices = new ArrayList<>();
    Parts all = split(ByteString.copyFrom(request), RESOURCE_SPANS);
    for (ByteString resourceSpans : all.parts()) {
      Parts resource = split(resourceSpans, SCOPE_SPANS);
      for (ByteString scopeSpans : resource.parts()) {
        Parts scope = split(scopeSpans, SPAN);
        scope.parts().forEach(span -> slices.add(new Slice(resource.rest(), scope.rest(), span)));
      }
    }
    return slices;
  }

  /** A message as it lies on the wire, but for one field. */
  static ByteString without(ByteString message, int field) {
    return split(message, field).rest();
  }

  /** The contents of one field, and all other fields together. */
  private record Parts(List<ByteString> parts, ByteString rest) {}

  private static Parts split(ByteString message, int field) {
    List<ByteString> parts = new ArrayList<>();
    ByteString rest = ByteString.EMPTY;
    try {
      CodedInputStream in = message.newCodedInput();
      int from = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
          parts.add(in.readBytes());
        } else {
          in.skipField(tag);
          rest = rest.concat(message.substring(from, in.getTotalBytesRead()));
        }
        from = in.getTotalBytesRead();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Parts(parts, rest);
  }
}
