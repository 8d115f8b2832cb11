package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Reads the headers of a call. Source: grpc/grpc doc/PROTOCOL-HTTP2.md, "Requests". */
final class GrpcRequests {
  static final AsciiString CONTENT_TYPE = AsciiString.cached("application/grpc");
  private static final AsciiString PROTOBUF = AsciiString.cached("+proto");
  private static final AsciiString GRPC_ENCODING = AsciiString.cached("grpc-encoding");
  private static final AsciiString POST = HttpMethod.POST.asciiName();

  private GrpcRequests() {}

  /** How messages are compressed; null if we cannot. */
  static @Nullable Encoding encoding(Http2Headers headers) {
    return Encoding.named(headers.get(GRPC_ENCODING));
  }

  /** Why these headers open no call, whatever its method; null if they do. */
  static @Nullable RequestAnswer fault(Http2Headers headers, @Nullable Encoding encoding) {
    CharSequence method = headers.method();
    CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (method == null || !POST.contentEquals(method)) {
      return RequestAnswer.of(RequestOutcome.WRONG_METHOD, "gRPC calls are POST");
    }
    if (!isGrpc(type)) {
      return RequestAnswer.of(RequestOutcome.NOT_GRPC, "content-type is not application/grpc");
    }
    return encoding == null
        ? RequestAnswer.of(
            RequestOutcome.UNSUPPORTED, "grpc-encoding must be one of " + Encoding.ALL)
        : null;
  }

  /** With nothing behind it, or parameters, or +proto: gRPC-Web and +json are something else. */
  private static boolean isGrpc(@Nullable CharSequence type) {
    int length = CONTENT_TYPE.length();
    if (type == null || !AsciiString.regionMatches(type, true, 0, CONTENT_TYPE, 0, length)) {
      return false;
    }
    int end = length;
    if (AsciiString.regionMatches(type, true, length, PROTOBUF, 0, PROTOBUF.length())) {
      end += PROTOBUF.length();
    }
    return type.length() == end || type.charAt(end) == ';' || type.charAt(end) == ' ';
  }
}
