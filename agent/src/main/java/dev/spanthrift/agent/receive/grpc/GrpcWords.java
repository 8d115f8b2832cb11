package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Arrays;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** What the gRPC port says to those who should have gone elsewhere. */
final class GrpcWords {
  private static final int USUAL_HTTP_PORT = 4318;
  private static final int SHOWN = 100; // characters of what a client has sent
  private static final String METHODS =
      Arrays.stream(Signal.values())
          .map(signal -> signal.grpcService() + "/Export")
          .collect(Collectors.joining(", "));

  private final IntSupplier httpPort;

  GrpcWords(IntSupplier httpPort) {
    this.httpPort = httpPort;
  }

  String toStranger(Stray kind) {
    return switch (kind) {
      case TLS_ON_PLAIN ->
          "This port takes OTLP/gRPC without TLS: the client's endpoint should begin with http://,"
              + " or listen.tls should be set; OTLP/HTTP goes to "
              + there();
      case HTTP1_ON_GRPC, OTLP_HTTP_ON_GRPC ->
          "This port takes OTLP/gRPC; OTLP/HTTP goes to " + there();
      default -> "This port takes OTLP/gRPC, which begins with the preface of HTTP/2";
    };
  }

  /** What it is that a call of nothing looks for. */
  Stray strayAt(String path) {
    return path.startsWith("/v1") ? Stray.OTLP_HTTP_ON_GRPC : Stray.WRONG_PATH;
  }

  String toStray(Stray kind, String path) {
    if (kind == Stray.OTLP_HTTP_ON_GRPC) {
      return toStranger(kind);
    }
    String shown = path.length() > SHOWN ? path.substring(0, SHOWN) + "..." : path;
    return "No such method: %s; here are %s".formatted(shown.replaceAll("[^ -~]", "?"), METHODS);
  }

  private String there() {
    int port = httpPort.getAsInt();
    return port == USUAL_HTTP_PORT || port == 0
        ? "port " + USUAL_HTTP_PORT
        : "port " + port + " (" + USUAL_HTTP_PORT + " by default)";
  }
}
