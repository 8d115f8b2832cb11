package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.recording.RecordedRequests;
import dev.spanthrift.agent.recording.RecordingWriter;
import dev.spanthrift.agent.recording.Timetable;
import dev.spanthrift.agent.recording.TrafficRecorder;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RecordCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCameIsReadBackWithItsTimes(boolean zstd) throws Exception {
    Path file = folder.resolve("traces.otlp.zst");
    byte[] request = {10, 0}; // one ResourceSpans without anything
    try (RecordingWriter writer = RecordingWriter.create(file, zstd)) {
      TrafficRecorder recorder = new TrafficRecorder(writer, 1000);
      recorder.offer(Signal.TRACES, request, 0, 2);
      recorder.offer(Signal.METRICS, request, 0, 2);
      recorder.offer(Signal.TRACES, new byte[] {9, 10, 0, 9}, 1, 2);
      recorder.offer(Signal.TRACES, new byte[] {10, 7}, 0, 2);
      recorder.finish();
      assertEquals(1, recorder.others());
      assertEquals(1, recorder.refused());
    }
    assertEquals(2, Timetable.of(file, Long.MAX_VALUE).requests());
    try (RecordedRequests recorded = RecordedRequests.open(file)) {
      assertArrayEquals(request, recorded.next());
      assertArrayEquals(request, recorded.next());
      assertEquals(null, recorded.next());
    }
  }

  @Test
  void theVerbListensWritesAndEndsByItself() throws Exception {
    Path file = folder.resolve("r.otlp.zst");
    Console console =
        Console.run(
            Map.of(),
            "record",
            "--grpc-port",
            "0",
            "--http-port",
            "0",
            "--seconds",
            "1",
            "" + file);
    assertEquals(0, console.code(), console.err());
    assertTrue(console.err().contains("nothing is forwarded"), console.err());
    assertTrue(console.err().contains("0 requests with 0 spans"), console.err());
    assertTrue(Files.size(file) > 0);
    Console again = Console.run(Map.of(), "record", "" + file);
    assertEquals(1, again.code(), "an older recording is not overwritten");
  }

  @Test
  void pricesListsEveryModelThatPriceModelTakes() {
    Console console = Console.run(Map.of(), "prices");
    assertEquals(0, console.code(), console.err());
    assertEquals(27, console.out().lines().count());
    assertTrue(console.out().contains("grafana-cloud-traces"), console.out());
    assertTrue(Console.run(Map.of(), "prices", "-o", "json").out().startsWith("[{\"model\":"));
  }
}
