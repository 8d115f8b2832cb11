package dev.spanthrift.bench.speed;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** A backend that accepts everything over OTLP/gRPC and counts it. */
public final class Sink implements AutoCloseable {
  private final Channel listening;
  private final Scanner scanner = new Scanner(1 << 22);
  private final Consumer<Batch> taker;

  // Written by the loop alone.
  volatile long requests;
  volatile long wireBytes;
  volatile long spans;
  volatile long errorSpans;

  Sink(EventLoop loop, int port) {
    this(loop, port, batch -> {});
  }

  /** Shows each request besides to {@code taker}, on the loop. */
  public Sink(EventLoop loop, int port, Consumer<Batch> taker) {
    this.taker = taker;
    listening =
        new ServerBootstrap()
            .group(loop)
            .channel(BenchLoops.serverChannel())
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(SinkConnection.create(Sink.this));
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  void take(String encoding, byte[] message, boolean compressed) {
    requests = requests + 1;
    wireBytes = wireBytes + message.length;
    byte[] plain = compressed ? unpack(encoding, message) : message;
    Batch batch = scanner.scan(plain, 0, plain.length);
    long errors = 0;
    for (int row = 0; row < batch.size(); row++) {
      errors += batch.isError(row) ? 1 : 0;
    }
    taker.accept(batch);
    spans = spans + batch.size();
    errorSpans = errorSpans + errors;
  }

  private static byte[] unpack(String encoding, byte[] message) {
    try (InputStream in = stream(encoding, message)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("not " + encoding, e);
    }
  }

  private static InputStream stream(String encoding, byte[] message) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(message);
    return switch (encoding) {
      case "gzip" -> new GZIPInputStream(in, 16 * 1024);
      case "zstd" -> new ZstdInputStreamNoFinalizer(in);
      default -> throw new IOException("encoding " + encoding);
    };
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
  }
}
