package dev.spanthrift.agent.control.source;

import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The cluster's controller as a test scripts it, over the real stream. */
public final class ScriptedController implements AutoCloseable {
  private final Sinks.Empty<Void> gone = Sinks.empty();
  private final DisposableServer server;

  private ScriptedController(Mono<String> said, Consumer<String> heard) {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes.ws(
                        StreamMessage.PATH,
                        (in, out) ->
                            out.sendString(
                                Flux.merge(
                                        said,
                                        in.receive()
                                            .asString()
                                            .doOnNext(heard)
                                            .flatMap(text -> Mono.<String>empty()))
                                    .takeUntilOther(gone.asMono()))))
            .bindNow();
  }

  /**
   * One that says to whoever comes what is to be in force.
   *
   * @param afterwards how long after it has come; until then a sidecar goes by its configuration
   */
  public static ScriptedController saying(Bundle bundle, Duration afterwards) {
    String change = new StreamMessage.Change(bundle.hash(), bundle.json()).text();
    return new ScriptedController(Mono.just(change).delaySubscription(afterwards), text -> {});
  }

  /** One that says nothing. */
  static ScriptedController hearing(Consumer<String> heard) {
    return new ScriptedController(Mono.empty(), heard);
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** Ends all streams and its port. */
  @Override
  public void close() {
    gone.tryEmitEmpty();
    server.disposeNow();
  }
}
