package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Answer;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the headers of a call. Source: grpc/grpc doc/PROTOCOL-HTTP2.md, "Requests". */
final class GrpcRequests {
  static final AsciiString CONTENT_TYPE = AsciiString.cached("application/grpc");
  private static final AsciiString GRPC_ENCODING = AsciiString.cached("grpc-encoding");
  private static final AsciiString POST = HttpMethod.POST.asciiName();
  private static final List<Route> ROUTES =
      Arrays.stream(Signal.values()).map(GrpcRequests::route).toList();

  private GrpcRequests() {}

  /** Whether the headers are those of a gRPC call, whatever its method. */
  static boolean isCall(Http2Headers headers) {
    return isPost(headers) && isGrpc(headers);
  }

  /** The service that is called; null if it is none of ours. */
  static @Nullable Signal signal(Http2Headers headers) {
    CharSequence path = headers.path();
    if (path != null) {
      for (Route route : ROUTES) {
        if (route.path.contentEquals(path)) {
          return route.signal;
        }
      }
    }
    return null;
  }

  /** How messages are compressed; null if we cannot. */
  static @Nullable Encoding encoding(Http2Headers headers) {
    return Encoding.named(headers.get(GRPC_ENCODING));
  }

  /** Why these headers open no call. */
  static Answer fault(Http2Headers headers) {
    if (!isPost(headers)) {
      return Answer.of(RequestOutcome.WRONG_METHOD, "gRPC calls are POST");
    }
    if (!isGrpc(headers)) {
      return Answer.of(RequestOutcome.NOT_GRPC, "content-type is not application/grpc");
    }
    return signal(headers) == null
        ? Answer.of(RequestOutcome.NOT_FOUND, "No such method")
        : Answer.of(RequestOutcome.UNSUPPORTED, "grpc-encoding must be one of " + Encoding.ALL);
  }

  private static boolean isPost(Http2Headers headers) {
    CharSequence method = headers.method();
    return method != null && POST.contentEquals(method);
  }

  private static boolean isGrpc(Http2Headers headers) {
    CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    return type != null
        && AsciiString.regionMatches(type, true, 0, CONTENT_TYPE, 0, CONTENT_TYPE.length());
  }

  private static Route route(Signal signal) {
    return new Route(AsciiString.cached("/" + signal.grpcService() + "/Export"), signal);
  }

  private record Route(AsciiString path, Signal signal) {}
}
