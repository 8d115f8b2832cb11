package dev.spanthrift.agent.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimetableTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long T = 1_660_000_000L * SECOND;
  private static final long[] FLUSHES = {T, T + SECOND, T + 3_600 * SECOND, T + 3_602 * SECOND};

  @TempDir Path folder;

  @Test
  void pausesAreCutAndTheRecordingEndsWhenItShould() throws Exception {
    Path file = Recordings.write(folder, Recordings.requests(1, FLUSHES), FLUSHES);
    Timetable timetable = Timetable.of(file, 5 * SECOND);
    assertEquals(4, timetable.requests());
    assertEquals(8 * SECOND, timetable.lengthNanos());
    assertEquals(6 * SECOND, timetable.sinceStartNanos(2));
    long end = 2 * T;
    assertEquals(end, FLUSHES[3] + timetable.shiftNanos(3, end));
    assertEquals(end - 8 * SECOND, FLUSHES[0] + timetable.shiftNanos(0, end));
    assertEquals(timetable.shiftNanos(0, end), timetable.shiftNanos(1, end));
  }

  @Test
  void withoutTimesTheSpansTellThem() throws Exception {
    Path file = Recordings.write(folder, Recordings.requests(1, FLUSHES));
    Timetable timetable = Timetable.of(file, 5 * SECOND);
    assertEquals(8 * SECOND, timetable.lengthNanos());
  }

  @Test
  void whatIsNoRecordingIsRefusedWithAWord() throws Exception {
    Path file = Files.write(folder.resolve("x"), new byte[] {(byte) 200, 1, 0, 0, 0, 0});
    IOException refused = assertThrows(IOException.class, () -> Timetable.of(file, SECOND));
    assertTrue(refused.getMessage().contains("ends inside request 0"), refused.getMessage());
    Path other = Files.writeString(folder.resolve("y"), "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff");
    try (RecordedRequests recording = RecordedRequests.open(other)) {
      assertThrows(IOException.class, recording::next);
    }
    Path empty = Files.writeString(folder.resolve("z"), "");
    assertEquals(0, Timetable.of(empty, SECOND).requests());
  }
}
