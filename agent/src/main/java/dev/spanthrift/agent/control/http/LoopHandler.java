package dev.spanthrift.agent.control.http;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Writes every answer on the event loop of its connection, wherever it was thought out.
 *
 * <p>When another thread writes it, reactor-netty (1.3.7) may hear that it is written only after
 * the client has read it and sent its next request. That one is then put into a queue, and once it
 * is answered nobody reads from the connection any more: it hangs.
 */
public final class LoopHandler implements HttpHandler {
  private final HttpHandler next;
  private final Scheduler loop;

  /**
   * Around another handler.
   *
   * @param loop the only event loop that connections have
   */
  public LoopHandler(HttpHandler next, Scheduler loop) {
    this.next = next;
    this.loop = loop;
  }

  @Override
  public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
    return next.handle(request, new Response(response)).publishOn(loop);
  }

  private final class Response extends ServerHttpResponseDecorator {
    Response(ServerHttpResponse response) {
      super(response);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
      // A Mono must stay one: it is sent in one piece, with its length.
      return super.writeWith(
          body instanceof Mono<? extends DataBuffer> whole
              ? whole.publishOn(loop)
              : Flux.from(body).publishOn(loop));
    }

    @Override
    public Mono<Void> setComplete() {
      return Mono.defer(super::setComplete).subscribeOn(loop);
    }
  }
}
