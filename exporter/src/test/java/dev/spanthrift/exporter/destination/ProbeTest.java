package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProbeTest {
  private static final Set<Signal> ALL = EnumSet.allOf(Signal.class);

  private static Map<Signal, Probe.Answer> ask(Protocol protocol, URI uri) {
    ExportSettings settings =
        ExportSettings.of("probed", protocol, uri).withCompression(Compression.GZIP);
    return Probe.ask(settings, ALL, Duration.ofSeconds(20));
  }

  private static Backend backend(Protocol protocol, Backend.Script script) {
    return protocol == Protocol.GRPC ? new GrpcBackend(script) : new HttpBackend(script);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void everySignalIsAskedWithOneEmptyExport(Protocol protocol) {
    int no = protocol == Protocol.GRPC ? 12 : 404;
    try (Backend backend =
        backend(
            protocol,
            (n, r) -> r.signal() == Signal.LOGS ? new Reply.Error(no, "") : Reply.SUCCESS)) {
      Map<Signal, Probe.Answer> answers = ask(protocol, backend.uri());
      assertEquals(4, backend.received.size());
      backend.received.forEach(r -> assertEquals(0, r.body().length));
      assertEquals(ALL, answers.keySet());
      String words = assertInstanceOf(Probe.Takes.class, answers.get(Signal.TRACES)).words();
      assertTrue(words.contains(backend.uri().toString()), words);
      words = assertInstanceOf(Probe.Refuses.class, answers.get(Signal.LOGS)).words();
      assertTrue(words.contains(no == 404 ? "/v1/logs refuses it: 404" : "UNIMPLEMENTED"), words);
    }
  }

  @Test
  void aPathThatIsAddedTwiceIsNamed() {
    try (Backend backend =
        backend(
            Protocol.HTTP_PROTOBUF,
            (n, r) ->
                r.headers().get(":path").equals("/v1/traces")
                    ? Reply.SUCCESS
                    : new Reply.Error(404, ""))) {
      Map<Signal, Probe.Answer> answers =
          ask(Protocol.HTTP_PROTOBUF, URI.create(backend.uri() + "/v1/traces"));
      String words = assertInstanceOf(Probe.Refuses.class, answers.get(Signal.TRACES)).words();
      assertTrue(words.contains("/v1/traces/v1/traces refuses it: 404"), words);
    }
  }

  @Test
  void theOtherProtocolIsNamed() {
    try (Backend http = backend(Protocol.HTTP_PROTOBUF, (n, r) -> Reply.SUCCESS);
        Backend grpc = backend(Protocol.GRPC, (n, r) -> Reply.SUCCESS)) {
      String words = ask(Protocol.GRPC, http.uri()).get(Signal.TRACES).words();
      assertTrue(words.contains("answers HTTP/1.1, and no HTTP/2 as gRPC does"), words);
      words = ask(Protocol.HTTP_PROTOBUF, grpc.uri()).get(Signal.TRACES).words();
      assertTrue(words.contains("perhaps it speaks gRPC"), words);
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void nobodyThereIsSaidInWords(Protocol protocol) throws Exception {
    URI gone;
    try (RawServer server = new RawServer(n -> "")) {
      gone = server.uri();
    }
    Probe.Answer answer = ask(protocol, gone).get(Signal.TRACES);
    assertInstanceOf(Probe.Away.class, answer);
    assertTrue(answer.words().contains("nothing listens"), answer.words());
  }
}
