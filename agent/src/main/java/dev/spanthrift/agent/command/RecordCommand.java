package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.option.EndSignals;
import dev.spanthrift.agent.config.settings.ByteSize;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.grpc.GrpcReceiver;
import dev.spanthrift.agent.receive.http.HttpReceiver;
import dev.spanthrift.agent.receive.json.JsonRequests;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.agent.recording.RecordingWriter;
import dev.spanthrift.agent.recording.TrafficRecorder;
import dev.spanthrift.exporter.ZstdLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code spanthrift record}: makes a recording of what applications send. */
@Command(
    name = "record",
    description =
        "Listens on OTLP ports and writes the traces that come into a file that send and simulate"
            + " read; nothing is forwarded. Ctrl-C ends it.")
final class RecordCommand implements Callable<Integer> {
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Duration FOR_EVER = Duration.ofDays(3650);

  private final Context context;

  @Parameters(paramLabel = "FILE", description = "The recording, such as traces.otlp.zst.")
  private Path file = Path.of("");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on. Default: localhost.")
  private String host = "localhost";

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Port of OTLP/gRPC; 0 takes any free one. Default: 4317.")
  private int grpcPort = 4317;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of OTLP/HTTP; 0 takes any free one. Default: 4318.")
  private int httpPort = 4318;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Ends by itself after this many seconds. Default: 0, Ctrl-C ends it.")
  private long seconds;

  @Option(
      names = "--bytes-max",
      paramLabel = "SIZE",
      description = "Ends by itself when so much was recorded, before compression. Default: 1GiB.")
  private String bytesMax = "1GiB";

  RecordCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    ByteSize most = ByteSize.parse(bytesMax);
    try (RecordingWriter writer = RecordingWriter.create(file, ZstdLibrary.isAvailable())) {
      return record(writer, new TrafficRecorder(writer, most.bytes()));
    } catch (IOException e) {
      context.say("spanthrift: FILE = " + file + ": " + InputFile.reason(e));
    } catch (IllegalStateException e) {
      context.say("spanthrift: " + e.getMessage());
    }
    return Context.FAILED;
  }

  private int record(RecordingWriter writer, TrafficRecorder recorder)
      throws IOException, InterruptedException {
    CountDownLatch written = new CountDownLatch(1);
    Loops loops = Loops.create();
    try {
      ReceiveSettings settings = ReceiveSettings.DEFAULT.at(host, grpcPort, httpPort);
      GrpcReceiver grpc = GrpcReceiver.start(settings, loops, recorder);
      HttpReceiver http = HttpReceiver.start(settings, loops, recorder, JsonRequests::decode);
      EndSignals.endClean();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(recorder, written), "record-end"));
      context.say(
          "spanthrift: recording what comes to OTLP/gRPC on "
              + grpc.address().getPort()
              + " and OTLP/HTTP on "
              + http.address().getPort()
              + " into "
              + file
              + "; nothing is forwarded");
      recorder.await(seconds == 0 ? FOR_EVER : Duration.ofSeconds(seconds));
      grpc.stop(LINGER);
      http.stop(LINGER);
      recorder.finish();
      say(writer, recorder);
      return Context.OK;
    } finally {
      written.countDown();
      loops.close(LINGER);
    }
  }

  /** A signal came: the verb's own thread writes the rest, and the program waits for it. */
  private static void end(TrafficRecorder recorder, CountDownLatch written) {
    recorder.end();
    try {
      boolean unused = written.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(RecordingWriter writer, TrafficRecorder recorder) {
    context.say(
        String.format(
            Locale.ROOT,
            "spanthrift: %,d requests with %,d spans, %.1f MB, in %s; %,d that were no traces and"
                + " %,d that were refused are not in it",
            writer.requests(),
            writer.spans(),
            writer.bytes() / 1e6,
            file,
            recorder.others(),
            recorder.refused()));
  }
}
