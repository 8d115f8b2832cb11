package dev.spanthrift.agent.client;

import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A real OTLP server on free ports, gRPC and HTTP, with scripted answers. */
public final class OtlpStub implements AutoCloseable {
  /** Answer to one request: OK with these bytes, or a status. */
  public record Script(Status.Code code, byte[] answer) {
    public static final Script OK = new Script(Status.Code.OK, new byte[0]);
  }

  private final List<byte[]> requests = new CopyOnWriteArrayList<>();
  private final Function<byte[], Script> script;
  private final Server grpc;
  private final HttpServer http;

  public OtlpStub(Function<byte[], Script> script) throws IOException {
    this.script = script;
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    grpc =
        NettyServerBuilder.forAddress(any)
            .maxInboundMessageSize(64 << 20)
            .addService(
                ServerServiceDefinition.builder(Signal.TRACES.grpcService())
                    .addMethod(
                        RawBytes.export(Signal.TRACES),
                        ServerCalls.asyncUnaryCall(
                            (request, answer) -> {
                              Script said = take(request);
                              if (said.code() == Status.Code.OK) {
                                answer.onNext(said.answer());
                                answer.onCompleted();
                              } else {
                                answer.onError(
                                    said.code()
                                        .toStatus()
                                        .withDescription("scripted")
                                        .asRuntimeException());
                              }
                            }))
                    .build())
            .build()
            .start();
    http = HttpServer.create(any, 0);
    http.createContext(
        Signal.TRACES.httpPath(),
        exchange -> {
          Script said = take(exchange.getRequestBody().readAllBytes());
          int status =
              switch (said.code()) {
                case OK -> 200;
                case UNAVAILABLE -> 503;
                default -> 400;
              };
          exchange.sendResponseHeaders(
              status, said.answer().length == 0 ? -1 : said.answer().length);
          exchange.getResponseBody().write(said.answer());
          exchange.close();
        });
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
  }

  private Script take(byte[] request) {
    Script said = script.apply(request);
    if (said.code() == Status.Code.OK) {
      requests.add(request);
    }
    return said;
  }

  /** Accepted ones, in the order of arrival. */
  public List<byte[]> requests() {
    return requests;
  }

  public int grpcPort() {
    return grpc.getPort();
  }

  public int httpPort() {
    return http.getAddress().getPort();
  }

  @Override
  public void close() {
    grpc.shutdownNow();
    http.stop(0);
  }
}
