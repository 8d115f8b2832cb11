package dev.spanthrift.agent.receive.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/** What a client has chosen in the TLS handshake; who chooses nothing speaks HTTP/1.1. */
final class TlsProtocols extends ApplicationProtocolNegotiationHandler {
  private final HttpConnection connection;

  TlsProtocols(HttpConnection connection) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.connection = connection;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
    if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
      connection.http2(ctx.pipeline());
    } else {
      connection.http1(ctx.pipeline());
    }
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
    // TlsFaults has counted and said it; the connection is being closed.
  }
}
