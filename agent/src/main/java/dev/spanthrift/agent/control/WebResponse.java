package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.front.AdminAnswer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer of WebFlux, gathered until it is whole. */
final class WebResponse extends AbstractServerHttpResponse {
  private static final int BYTES_MAX = 8 << 20; // ours are far below

  private byte[] body = new byte[0];

  WebResponse() {
    super(DefaultDataBufferFactory.sharedInstance);
  }

  /** All of it; ask when its handling has ended. */
  AdminAnswer answer() {
    HttpHeaders headers = new DefaultHttpHeaders();
    getHeaders().forEach(headers::set);
    HttpStatusCode status = Objects.requireNonNullElse(getStatusCode(), HttpStatus.OK);
    return new AdminAnswer(status.value(), headers, body, false);
  }

  @Override
  protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> content) {
    return DataBufferUtils.join(content, BYTES_MAX).doOnNext(this::keep).then();
  }

  @Override
  protected Mono<Void> writeAndFlushWithInternal(
      Publisher<? extends Publisher<? extends DataBuffer>> content) {
    return writeWithInternal(Flux.from(content).concatMap(part -> part));
  }

  private void keep(DataBuffer whole) {
    body = new byte[whole.readableByteCount()];
    whole.read(body);
    DataBufferUtils.release(whole);
  }

  // Status and headers are read at the end; cookies there are none.
  @Override
  protected void applyStatusCode() {}

  @Override
  protected void applyHeaders() {}

  @Override
  protected void applyCookies() {}

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> T getNativeResponse() {
    return (T) this;
  }
}
