package dev.spanthrift.bench.speed;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.Verdict;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Spans per second of each step on one core, over the requests of a recorded set.
 *
 * <pre>
 * hold and decide = holdAndDecide − rewrite − scan
 * write           = holdDecideAndWrite − holdAndDecide
 * </pre>
 *
 * <p>A pass needs other trace ids than the one before, or its spans would be late: {@code rewrite}
 * is what that costs. The column {@code spans} is the rate.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class Steps {
  private static final long REQUEST_NANOS = 2_000_000; // 500 requests a second of virtual time
  private static final int TICK = 50;

  /** Spans done. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Done {
    public long spans;
  }

  /** The requests of a set. */
  @State(Scope.Benchmark)
  public static class Requests {
    @Param({"trainticket-2023-01-29"})
    public String set;

    List<Template> templates;
    ByteBuf scratch;
    final Scanner scanner = new Scanner(1 << 20);
    long key;

    @Setup
    public void read() {
      Path data = Path.of(System.getProperty("data", "../shared/data"));
      templates =
          set.equals("large")
              ? Generated.requests(200)
              : Workload.recorded(data.resolve(set).resolve("traces.otlp.zst"));
      scratch = Unpooled.buffer(1 << 20);
    }

    /** The request with trace ids of its own. */
    byte[] rewritten(Template request) {
      scratch.clear();
      request.write(scratch, key, 0);
      return scratch.array();
    }
  }

  /** A sampler of one verdict. */
  @State(Scope.Thread)
  public static class Held {
    Sampler keeping;
    Sampler dropping;
    long now;
    int requests;

    @Setup
    public void create() {
      HoldSettings usual = HoldSettings.DEFAULT;
      SamplerSettings settings =
          new SamplerSettings(
              new HoldSettings(
                  usual.pause(),
                  usual.deadline(),
                  usual.ageMax(),
                  Duration.ofSeconds(2),
                  512L << 20,
                  512L << 20,
                  usual.tracesMax()),
              50_000,
              false,
              4);
      keeping = new Sampler(settings, new One(true), SliceCodec.deflate());
      dropping = new Sampler(settings, new One(false), SliceCodec.deflate());
    }

    boolean isTick() {
      now += REQUEST_NANOS;
      return ++requests % TICK == 0;
    }
  }

  /** Looks at nothing, and says always the same. */
  private record One(boolean keeps) implements Judge {
    @Override
    public void observe(Batch batch, int row, long[] facts, int offset) {}

    @Override
    public void judge(Fragment f, long[] facts, int offset, long nowNanos, Verdict verdict) {
      if (keeps) {
        verdict.keep("one");
      } else {
        verdict.drop("one");
      }
    }
  }

  @Benchmark
  public void scan(Requests requests, Done done, Blackhole hole) {
    for (Template request : requests.templates) {
      hole.consume(requests.scanner.scan(request.bytes(), 0, request.bytes().length));
      done.spans += request.spans();
    }
  }

  /** What the generated classes take for the same. */
  @Benchmark
  public void protobufJava(Requests requests, Done done, Blackhole hole)
      throws InvalidProtocolBufferException {
    for (Template request : requests.templates) {
      hole.consume(ExportTraceServiceRequest.parseFrom(request.bytes()));
      done.spans += request.spans();
    }
  }

  @Benchmark
  public void rewrite(Requests requests, Done done, Blackhole hole) {
    requests.key++;
    for (Template request : requests.templates) {
      hole.consume(requests.rewritten(request));
      done.spans += request.spans();
    }
  }

  @Benchmark
  public void holdAndDecide(Requests requests, Held held, Done done) {
    requests.key++;
    for (Template request : requests.templates) {
      byte[] bytes = requests.rewritten(request);
      held.dropping.hold(requests.scanner.scan(bytes, 0, request.bytes().length), held.now);
      if (held.isTick()) {
        held.dropping.decide(held.now);
      }
      done.spans += request.spans();
    }
  }

  @Benchmark
  public void holdDecideAndWrite(Requests requests, Held held, Done done, Blackhole hole) {
    requests.key++;
    for (Template request : requests.templates) {
      byte[] bytes = requests.rewritten(request);
      held.keeping.hold(requests.scanner.scan(bytes, 0, request.bytes().length), held.now);
      if (held.isTick()) {
        held.keeping.decide(held.now);
        while (held.keeping.stamp(4 << 20)) {
          hole.consume(held.keeping.ship());
        }
        hole.consume(held.keeping.ship());
      }
      done.spans += request.spans();
    }
  }
}
