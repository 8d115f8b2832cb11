package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.exporter.transport.Compressor;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Senders;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.netty.resources.LoopResources;

/**
 * Asks a backend for real: one empty export for each signal, which every OTLP server answers with
 * success (specs.md S7), on the same way that data would take.
 */
public final class Probe {
  private Probe() {}

  /** What became of an empty export. */
  public sealed interface Answer {
    /** For people, with the address that was asked. */
    String words();
  }

  /** The backend takes this signal. */
  public record Takes(String words) implements Answer {}

  /** It answers, and would refuse what is sent, for good. */
  public record Refuses(String words) implements Answer {}

  /** It cannot be reached, or asks to come back later: what is sent would wait. */
  public record Away(String words) implements Answer {}

  /**
   * Asks for each of these signals, all at once.
   *
   * @param atMost for all of them
   * @throws IllegalArgumentException when a certificate file cannot be used
   */
  public static Map<Signal, Answer> ask(
      ExportSettings settings, Collection<Signal> signals, Duration atMost) {
    LoopResources loops = LoopResources.create("spanthrift-probe", 1, true);
    long end = System.nanoTime() + atMost.toNanos();
    Map<Signal, Answer> answers = new EnumMap<>(Signal.class);
    try (Sender sender = Senders.open(settings, ClientLoops.of(loops));
        Compressor compressor = Compressor.of(settings.compression())) {
      EncodedBody nothing = compressor.compress(new byte[0]);
      Map<Signal, CompletableFuture<SendResult>> asked = new EnumMap<>(Signal.class);
      for (Signal signal : signals) {
        CompletableFuture<SendResult> result = new CompletableFuture<>();
        Runnable unused = sender.send(signal, nothing, result::complete);
        asked.put(signal, result);
      }
      asked.forEach(
          (signal, result) -> answers.put(signal, answer(address(settings, signal), result, end)));
    } finally {
      loops.dispose();
    }
    return answers;
  }

  private static Answer answer(String address, CompletableFuture<SendResult> result, long end) {
    try {
      long left = Math.max(0, end - System.nanoTime());
      return answer(address, result.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return new Away(address + " has not answered in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Away(address + " was not waited for");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a result is never an exception", e);
    }
  }

  private static Answer answer(String address, SendResult result) {
    String said =
        (result.kind().replace("status_", "")
                + " "
                + result.message().lines().findFirst().orElse(""))
            .strip();
    return switch (result) {
      case SendResult.Accepted taken ->
          new Takes(
              address
                  + (taken.equals(SendResult.Accepted.PLAIN) ? " takes it" : " takes it: " + said));
      case SendResult.Failed refused -> new Refuses(address + " refuses it: " + said);
      case SendResult.Again later -> new Away(address + ": " + said);
    };
  }

  private static String address(ExportSettings settings, Signal signal) {
    return settings.protocol() == Protocol.GRPC
        ? Endpoints.grpc(settings, signal) + " gRPC " + signal.name().toLowerCase(Locale.ROOT)
        : "POST " + Endpoints.http(settings, signal);
  }
}
