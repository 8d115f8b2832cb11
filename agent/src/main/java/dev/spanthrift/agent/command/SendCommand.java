package dev.spanthrift.agent.command;

import dev.spanthrift.agent.client.GrpcClient;
import dev.spanthrift.agent.client.OtlpClient;
import dev.spanthrift.agent.client.PlainHttpClient;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.recording.Player;
import dev.spanthrift.agent.recording.RecordedRequests;
import dev.spanthrift.agent.recording.Timetable;
import dev.spanthrift.agent.terminal.Progress;
import dev.spanthrift.agent.terminal.Terminal;
import dev.spanthrift.sampler.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spanthrift send}: a recorded set to any OTLP port. */
@Command(
    name = "send",
    description = "Sends a recorded set to an OTLP port at its own pace or faster.")
final class SendCommand implements Callable<Integer> {
  private final Context context;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "Recording (traces.otlp.zst): length-prefixed ExportTraceServiceRequests; requests.csv.gz"
              + " beside it gives the times.")
  private Path file = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where to, such as localhost:4317; 4318 with --http.")
  private String to = "";

  @Option(
      names = "--speed",
      paramLabel = "N|max",
      description = "How many times faster; max is as fast as it goes. Default: 1.")
  private String speed = "1";

  @Option(
      names = "--pause-max",
      paramLabel = "SECONDS",
      description = "Longer pauses of the recording are cut to this. Default: 5.")
  private double pauseMaxSeconds = 5;

  @Option(
      names = "--fresh-times",
      description = "Shifts all times so that the recording ends with the sending.")
  private boolean freshTimes;

  @Option(names = "--fresh-ids", description = "Gives all traces and spans other ids.")
  private boolean freshIds;

  @ArgGroup private Transport transport = new Transport();

  /** One of the two; gRPC when neither is named. */
  private static final class Transport {
    @Option(names = "--grpc", description = "OTLP over gRPC. Default.")
    private boolean grpc;

    @Option(names = "--http", description = "OTLP over HTTP.")
    private boolean http;

    boolean overHttp() {
      return http && !grpc;
    }
  }

  SendCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Player.Pace pace = new Player.Pace(speed(), freshTimes, freshIds ? mask() : 0);
    int colon = to.lastIndexOf(':');
    int port = port(to.substring(colon + 1));
    if (colon < 1 || port < 1 || port > 65_535 || to.contains("/")) {
      throw usage("--to is host:port without http://, such as localhost:4317; not " + to);
    }
    if (!(pauseMaxSeconds >= 0)) {
      throw usage("--pause-max is at least 0, not " + pauseMaxSeconds);
    }
    String host = to.substring(0, colon).replaceAll("^\\[|]$", "");
    String refusal = InputFile.refusal(file);
    if (refusal != null) {
      context.say("spanthrift: FILE = " + file + ": " + refusal);
      return Context.FAILED;
    }
    try (OtlpClient client =
        transport.overHttp() ? new PlainHttpClient(host, port) : new GrpcClient(host, port)) {
      return send(client, pace);
    } catch (MalformedException e) {
      return unreadable(e.getMessage() + ": is this a recording?");
    } catch (IOException e) {
      return unreadable(e.getMessage());
    }
  }

  private int unreadable(@Nullable String why) {
    context.say("spanthrift: FILE = " + file + ": " + why);
    return Context.FAILED;
  }

  private int send(OtlpClient client, Player.Pace pace) throws IOException, InterruptedException {
    Timetable timetable = Timetable.of(file, (long) (pauseMaxSeconds * 1e9));
    int requests = timetable.requests();
    context.say(
        "spanthrift: %,d requests, %.0f s of traffic at speed %s to %s over %s"
            .formatted(
                requests,
                timetable.lengthNanos() / 1e9,
                speed,
                to,
                transport.overHttp() ? "HTTP" : "gRPC"));
    Progress progress =
        new Progress(
            context.err(), Terminal.detect(context.environment()), System::currentTimeMillis);
    long start = System.nanoTime();
    try (RecordedRequests recording = RecordedRequests.open(file)) {
      Player.Delivery outcome =
          new Player(client, timetable, pace)
              .play(recording, (sent, bytes) -> progress.at(sent, requests, words(sent, bytes)));
      progress.end(outcome.requests(), requests, words(outcome.requests(), outcome.bytes()));
      if (outcome.requests() == 0) {
        return unreadable("holds no request: is this a recording?");
      }
      summary(outcome, (System.nanoTime() - start) / 1e9);
      if (outcome.hopeless() != null) {
        context.say("spanthrift: " + outcome.hopeless());
      }
      return outcome.complete() ? Context.OK : Context.FAILED;
    }
  }

  private static String words(long requests, long bytes) {
    return String.format(Locale.ROOT, "%,d requests, %.1f MB", requests, bytes / 1e6);
  }

  private void summary(Player.Delivery outcome, double seconds) {
    long refusedRequests = outcome.requests() - outcome.accepted();
    context
        .out()
        .printf(
            Locale.ROOT,
            "sent %d requests, %.1f MB in %.1f s: accepted %d, refused %d, rejected spans %d,"
                + " retries %d%n",
            outcome.requests(),
            outcome.bytes() / 1e6,
            seconds,
            outcome.accepted(),
            refusedRequests,
            outcome.rejectedSpans(),
            outcome.retries());
    outcome
        .refused()
        .forEach(
            (reason, times) ->
                context.out().printf(Locale.ROOT, "refused %d: %s%n", times, reason));
    context.out().flush();
  }

  private double speed() {
    if (speed.equals("max")) {
      return 0;
    }
    try {
      double factor = Double.parseDouble(speed.replaceFirst("x$", ""));
      if (factor > 0 && factor < 1e9) {
        return factor;
      }
    } catch (NumberFormatException e) {
      throw usage("--speed is a number above 0, or max; not " + speed);
    }
    throw usage("--speed is a number above 0, or max; not " + speed);
  }

  private static int port(String text) {
    return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
  }

  private static long mask() {
    long mask = 0;
    while (mask == 0) {
      mask = ThreadLocalRandom.current().nextLong();
    }
    return mask;
  }

  private CommandLine.ParameterException usage(String message) {
    CommandLine commandLine = spec == null ? new CommandLine(this) : spec.commandLine();
    return new CommandLine.ParameterException(commandLine, message);
  }
}
