import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import sun.misc.Signal;

/**
 * An application with OpenTelemetry's SDK, set up by its environment alone.
 *
 * <p>Usage: App SPANS_A_SECOND COUNT end|ignore; COUNT 0: until SIGTERM, which "ignore" does not
 * hear. Says twice a second what the SDK made, what was taken from it, and what was not. With
 * PART=errors and PART=calm two of them have one trace together for each tenth of a second of the
 * clock, and every tenth of these has an error in the first's part.
 */
public final class App {
  private static final AtomicLong made = new AtomicLong();
  private static final AtomicLong taken = new AtomicLong();
  private static final AtomicLong refusals = new AtomicLong();
  private static final long began = System.nanoTime();
  private static volatile long firstMillis = -1;
  private static volatile boolean ended;
  private static final String part = System.getenv("PART");
  private static long slot;

  /** A trace for each tenth of a second, the same in every process. */
  private static final class Clock implements IdGenerator {
    @Override
    public String generateTraceId() {
      SplittableRandom random = new SplittableRandom(slot);
      return String.format("%016x%016x", random.nextLong() | 1, random.nextLong());
    }

    @Override
    public String generateSpanId() {
      return IdGenerator.random().generateSpanId();
    }
  }

  public static void main(String[] words) throws Exception {
    double rate = Double.parseDouble(words[0]);
    long count = Long.parseLong(words[1]);
    CountDownLatch asked = new CountDownLatch(1);
    if (words[2].equals("ignore")) {
      Signal.handle(new Signal("TERM"), signal -> say("TERM ignored"));
    } else {
      Signal.handle(
          new Signal("TERM"),
          signal -> {
            say("TERM");
            asked.countDown();
          });
    }
    var sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addTracerProviderCustomizer(
                (provider, properties) ->
                    part == null ? provider : provider.setIdGenerator(new Clock()))
            .addSpanExporterCustomizer((exporter, properties) -> new Counting(exporter))
            .build()
            .getOpenTelemetrySdk();
    Tracer tracer = sdk.getTracer("app");
    Thread.ofPlatform().daemon().start(App::report);
    long pause = (long) (1e9 / rate);
    long next = System.nanoTime();
    while (asked.getCount() > 0 && (count == 0 || made.get() < count)) {
      slot = System.currentTimeMillis() / 100;
      Span span = tracer.spanBuilder("GET /cart").setAttribute("slot", slot).startSpan();
      if ("errors".equals(part) && slot % 10 == 0) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
      made.incrementAndGet();
      next += pause;
      asked.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    sdk.getSdkTracerProvider().shutdown().join(20, TimeUnit.SECONDS);
    ended = true;
    say("end");
    System.exit(0);
  }

  private static void report() {
    while (!ended) {
      say("at");
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static synchronized void say(String what) {
    System.out.printf(
        "%d %s made=%d taken=%d refusals=%d first=%d%n",
        System.currentTimeMillis(), what, made.get(), taken.get(), refusals.get(), firstMillis);
    System.out.flush();
  }

  private record Counting(SpanExporter exporter) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      CompletableResultCode result = exporter.export(spans);
      result.whenComplete(
          () -> {
            if (!result.isSuccess()) {
              refusals.incrementAndGet();
              return;
            }
            if (firstMillis < 0) {
              firstMillis = (System.nanoTime() - began) / 1_000_000;
            }
            taken.addAndGet(spans.size());
          });
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }
}
