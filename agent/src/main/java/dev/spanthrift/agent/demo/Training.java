package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.client.OtlpClient;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/** Some of everything that a sidecar is asked for, so that the JVM sees what it will need. */
public final class Training {
  private static final int ROUNDS = 30;
  private static final int TRACES = 5; // in each round
  private static final long ROUND_MILLIS = 100; // long enough together for decisions and exports
  private static final long SEED = 20_26;
  private static final List<String> PATHS =
      List.of(
          "/healthz",
          "/readyz",
          "/actuator/prometheus",
          "/api/v1/status",
          "/api/v1/policy",
          "/api/v1/spend",
          "/");

  private Training() {}

  /** Traces over both protocols, then every kind of question to the admin port. */
  public static void of(SidecarProgram.Ports ports) throws IOException, InterruptedException {
    List<OtlpClient> clients = ShopTraffic.clients(List.of(ports));
    try {
      TraceMaker traces = new TraceMaker(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TRACES; i++) {
          traces.make(System.currentTimeMillis() * 1_000_000, round % 2 == 0);
        }
        OtlpClient client = clients.get(round % clients.size());
        for (ServiceBatch batch : traces.batches().values()) {
          if (batch.count() > 0) {
            requireAccepted(client.send(Signal.TRACES, batch.flush()));
          }
        }
        Thread.sleep(ROUND_MILLIS);
      }
    } finally {
      clients.forEach(OtlpClient::close);
    }
    for (String path : PATHS) {
      try (InputStream answer =
          URI.create("http://127.0.0.1:" + ports.admin() + path).toURL().openStream()) {
        answer.readAllBytes();
      }
    }
  }

  private static void requireAccepted(OtlpClient.Reply reply) throws IOException {
    if (!(reply instanceof OtlpClient.Reply.Accepted)) {
      throw new IOException("the OTLP port answered " + reply);
    }
  }
}
