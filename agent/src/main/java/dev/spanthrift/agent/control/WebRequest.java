package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.http.RequestIds;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/** A request of the front, as WebFlux wants it. */
final class WebRequest extends AbstractServerHttpRequest {
  private final AdminRequest request;

  WebRequest(AdminRequest request) {
    super(HttpMethod.valueOf(request.method()), request.uri(), null, headers(request));
    this.request = request;
  }

  private static HttpHeaders headers(AdminRequest request) {
    HttpHeaders headers = new HttpHeaders();
    for (Map.Entry<String, String> header : request.headers()) {
      headers.add(header.getKey(), header.getValue());
    }
    headers.set(RequestIds.HEADER, request.id());
    headers.set(Caller.HEADER, request.caller().who());
    return headers;
  }

  @Override
  public Flux<DataBuffer> getBody() {
    return request.body().length == 0
        ? Flux.empty()
        : Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(request.body())));
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return request.peer();
  }

  /** There are no sessions here. */
  @Override
  protected MultiValueMap<String, HttpCookie> initCookies() {
    return new LinkedMultiValueMap<>();
  }

  @Override
  protected @Nullable SslInfo initSslInfo() {
    return null;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> T getNativeRequest() {
    return (T) request;
  }
}
