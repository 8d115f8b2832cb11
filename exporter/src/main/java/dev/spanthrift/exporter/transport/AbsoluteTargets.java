package dev.spanthrift.exporter.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Names the whole URL in each request, as a proxy for plain HTTP wants it (RFC 9112, 3.2.2), and
 * who asks. Many proxies open tunnels to port 443 alone.
 */
final class AbsoluteTargets extends ChannelOutboundHandlerAdapter {
  static final String NAME = "absolute-targets";

  private final String origin;
  private final @Nullable String authorization;

  /**
   * @param origin scheme and authority, such as {@code http://collector:4318}
   */
  AbsoluteTargets(String origin, @Nullable String authorization) {
    this.origin = origin;
    this.authorization = authorization;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof HttpRequest request && request.uri().startsWith("/")) {
      request.setUri(origin + request.uri());
      if (authorization != null) {
        request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, authorization);
      }
    }
    context.write(message, promise);
  }
}
