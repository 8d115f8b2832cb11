package dev.spanthrift.agent.receive.door;

import java.util.Locale;

/** What comes to an OTLP port and is no request that a signal could count. */
public enum Stray {
  /** HTTP/1.x where gRPC is spoken. */
  HTTP1_ON_GRPC,
  /** OTLP/HTTP over HTTP/2 where gRPC is spoken. */
  OTLP_HTTP_ON_GRPC,
  /** gRPC where OTLP/HTTP is spoken. */
  GRPC_ON_HTTP,
  /** A TLS hello on a port without TLS. */
  TLS_ON_PLAIN,
  /** Plain text on a port with TLS. */
  PLAIN_ON_TLS,
  /** A TLS handshake that failed, such as for want of a client certificate. */
  TLS_FAILED,
  /** Bytes of no protocol that is spoken here. */
  NOT_HTTP,
  /** A path or a method that is none of ours. */
  WRONG_PATH,
  /** A head that is no HTTP. */
  MALFORMED_HEAD,
  /** A head that did not come whole in time. */
  SLOW_HEAD,
  /** A head that its client did not finish. */
  CUT_HEAD,
  /** Frames against the rules of HTTP/2: the connection ends. */
  BROKEN_FRAMES,
  /** A browser's question before its request; answered. */
  PREFLIGHT,
  /** The same, refused. */
  PREFLIGHT_REFUSED;

  /** As status and metrics write it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
