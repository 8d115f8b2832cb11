package dev.spanthrift.exporter.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Takes 1xx answers out of the way, of which any number may come before the final one (RFC 9110,
 * 15.2); reactor-netty would take a 103 for the answer.
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {
  static final String NAME = "interim-answers";

  private boolean interim;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpResponse response) {
      interim =
          response.status().codeClass() == HttpStatusClass.INFORMATIONAL
              && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
    boolean drop = interim;
    if (message instanceof LastHttpContent) {
      interim = false;
    }
    if (drop) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }
}
