package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.client.GrpcClient;
import dev.spanthrift.agent.client.OtlpClient;
import dev.spanthrift.agent.client.OtlpStub;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.sampler.SamplerCounts.Fate;
import dev.spanthrift.sampler.SamplerCounts.Held;
import dev.spanthrift.sampler.SamplerCounts.Received;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A sidecar that keeps everything: real ports, real forwarding, no sampling. */
public final class PassThrough implements SidecarProgram {
  private final AtomicLong spans = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong shipped = new AtomicLong();
  private final AtomicInteger stops = new AtomicInteger();
  private @Nullable OtlpStub door;
  private @Nullable OtlpClient out;

  @Override
  public Ports start(SpanthriftSettings settings) throws StartException {
    try {
      var destination = settings.destinations().getFirst();
      out = new GrpcClient(destination.host(), destination.port());
      door = new OtlpStub(this::forward);
      return new Ports(door.grpcPort(), door.httpPort(), 1);
    } catch (IOException e) {
      throw new StartException("cannot listen", e);
    }
  }

  private OtlpStub.Script forward(byte[] request) {
    int here = new Scanner(1_000_000).scan(request, 0, request.length).size();
    spans.addAndGet(here);
    bytes.addAndGet(request.length);
    try {
      if (out.send(Signal.TRACES, request) instanceof OtlpClient.Reply.Accepted) {
        shipped.addAndGet(here);
        return OtlpStub.Script.OK;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new OtlpStub.Script(Status.Code.INTERNAL, new byte[0]);
  }

  @Override
  public long waitingSpans() {
    return 0; // what comes leaves at once
  }

  @Override
  public PipelineStatus status() {
    long now = System.currentTimeMillis();
    long received = spans.get();
    return MadeStatus.status(
        now,
        now,
        Map.of(),
        MadeStatus.spans(
            new Received(received, bytes.get(), 0),
            new Held(0, 0, 0, 64 << 20, 0),
            new Fate(received, bytes.get(), Map.of("default", received)),
            new Fate(0, 0, Map.of())),
        new PipelineStatus.Shipping(shipped.get(), 0, Map.of()),
        List.of(),
        List.of(new PipelineStatus.Identity("received = kept", received, received)));
  }

  @Override
  public void stop(Duration deadline) {
    if (stops.incrementAndGet() == 1 && door != null && out != null) {
      door.close();
      out.close();
    }
  }

  int stops() {
    return stops.get();
  }
}
