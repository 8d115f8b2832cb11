package dev.spanthrift.agent.recording;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * When each request of a recording was sent, on a clock without the recording's pauses.
 *
 * <p>Recordings are made of windows that lie hours apart; a pause longer than the bound counts as
 * the bound. Source: {@code requests.csv.gz} beside the recording, else the latest end of the spans
 * in each request.
 */
public final class Timetable {
  /** Beside the recording. */
  static final String FILE = "requests.csv.gz";

  private final long[] flushNanos;
  private final long[] sinceStartNanos;

  private Timetable(long[] flushNanos, long pauseMaxNanos) {
    this.flushNanos = flushNanos;
    sinceStartNanos = new long[flushNanos.length];
    for (int i = 1; i < flushNanos.length; i++) {
      long gap = Math.max(0, flushNanos[i] - flushNanos[i - 1]);
      sinceStartNanos[i] = sinceStartNanos[i - 1] + Math.min(gap, pauseMaxNanos);
    }
  }

  /**
   * Reads it.
   *
   * @throws IOException if a file is damaged
   */
  public static Timetable of(Path recording, long pauseMaxNanos) throws IOException {
    Path csv = recording.resolveSibling(FILE);
    long[] flushes = Files.exists(csv) ? fromCsv(csv) : fromSpans(recording);
    return new Timetable(flushes, pauseMaxNanos);
  }

  private static long[] fromCsv(Path csv) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(csv)), StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).mapToLong(Timetable::flush).toArray();
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(csv + " has no column flush_unix_nano where it should be", e);
    }
  }

  private static long flush(String row) {
    return Long.parseLong(row.split(",", 3)[1]);
  }

  private static long[] fromSpans(Path file) throws IOException {
    SpanEdit edit = new SpanEdit();
    long[] flushes = new long[1024];
    int size = 0;
    try (RecordedRequests recording = RecordedRequests.open(file)) {
      for (byte[] request = recording.next(); request != null; request = recording.next()) {
        if (size == flushes.length) {
          flushes = Arrays.copyOf(flushes, size * 2);
        }
        long latest = edit.apply(request, 0, 0);
        flushes[size] = latest != 0 || size == 0 ? latest : flushes[size - 1];
        size++;
      }
    }
    return Arrays.copyOf(flushes, size);
  }

  public int requests() {
    return flushNanos.length;
  }

  /** From the first request to the last. */
  public long lengthNanos() {
    return sinceStartNanos.length == 0 ? 0 : sinceStartNanos[sinceStartNanos.length - 1];
  }

  /** From the first request to this one. */
  public long sinceStartNanos(int request) {
    return sinceStartNanos[request];
  }

  /**
   * What to add to this request's times so that the recording, without its pauses, ends at a given
   * moment; the same for all requests between two pauses.
   */
  public long shiftNanos(int request, long endUnixNanos) {
    long moment = endUnixNanos - lengthNanos() + sinceStartNanos[request];
    return moment - flushNanos[request];
  }
}
