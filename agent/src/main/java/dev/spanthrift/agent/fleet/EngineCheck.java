package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Tries the engine once: connects, runs the script on a trace of its own, asks how it is set. */
public final class EngineCheck {
  private static final int CALLS = 5;

  private EngineCheck() {}

  /**
   * What was found.
   *
   * @param detail for people: version, kind and latency, or what is wrong and what would help
   * @param warning empty when there is nothing to be warned of
   */
  public record Finding(boolean ok, String detail, String warning) {}

  /** Blocks for some seconds at most. */
  public static Finding of(FleetSettings settings) {
    ClientResources resources =
        DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
    try (Connector connector = new Connector(settings, resources)) {
      Link link = connector.connect();
      try {
        return tried(settings, link);
      } finally {
        link.close();
      }
    } catch (RuntimeException e) {
      return failed(settings, e);
    } finally {
      var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  private static Finding failed(FleetSettings settings, RuntimeException e) {
    Trouble trouble = Trouble.of(e);
    String said = Engine.deepest(e);
    return new Finding(
        false, "the engine " + trouble.words() + ": " + said + help(settings, trouble, said), "");
  }

  private static String help(FleetSettings settings, Trouble trouble, String said) {
    if (trouble == Trouble.PERMISSION || said.contains("NOPERM")) {
      return "; the user needs: " + AccessRules.of(settings.prefix());
    }
    boolean tls = String.valueOf(settings.url()).startsWith("rediss");
    return tls && (trouble == Trouble.TIMEOUT || trouble == Trouble.CONNECTION)
        ? "; is it a port that speaks TLS?"
        : "";
  }

  private static Finding tried(FleetSettings settings, Link link) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      long before = System.nanoTime();
      call(settings, link);
      best = Math.min(best, System.nanoTime() - before);
    }
    return new Finding(
        true,
        String.format(
            Locale.ROOT,
            "%s, %s, scripts run, %.1f ms a call",
            link.version(),
            link.mode(),
            best / 1e6),
        warning(link, best, settings.timeout()));
  }

  /** The same call that the sidecar makes each second, on a key that goes away by itself. */
  private static void call(FleetSettings settings, Link link) {
    LedgerBatch batch = new LedgerBatch();
    batch.tell(0, System.nanoTime(), .5, TraceClass.BASE, 0);
    FleetKeys keys =
        new FleetKeys(settings.prefix(), settings.name(), "check", settings.askAfter());
    TraceCalls calls = keys.calls(link.isCluster()).add(batch);
    for (TraceCall one : calls.calls()) {
      byte[][] arguments = {FleetKeys.ascii("1000"), one.encode()};
      try {
        byte[] answer = link.run(Script.TRACES, calls.keys(one), arguments, 2_000).join();
        one.decode(answer, new TraceCall.Sums());
      } catch (CompletionException e) {
        throw new IllegalStateException(Engine.deepest(e), e);
      }
    }
  }

  private static String warning(Link link, long nanos, Duration timeout) {
    if (nanos > timeout.toNanos() / 2) {
      return "a call takes more than half of fleet.timeout";
    }
    String policy = memoryPolicy(link);
    return List.of("allkeys-lru", "allkeys-lfu", "allkeys-random").contains(policy)
        ? "maxmemory-policy "
            + policy
            + " throws keys out before their time, and with them the"
            + " budget's sums; noeviction or volatile-ttl is better"
        : "";
  }

  /** Empty where the engine does not say: INFO memory is allowed wherever INFO is. */
  private static String memoryPolicy(Link link) {
    try {
      String info = link.commands().info("memory").toCompletableFuture().get(2, TimeUnit.SECONDS);
      return Connector.line(info, "maxmemory_policy:");
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
