package dev.spanthrift.agent.recording;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/**
 * Writes requests as {@link RecordedRequests} reads them, and when each came into {@code
 * requests.csv.gz} beside it, where {@link Timetable} looks.
 *
 * <p>One thread at a time.
 */
public final class RecordingWriter implements AutoCloseable {
  private static final int LEVEL = 3;

  private final OutputStream requests;
  private final OutputStream times;
  private long count;
  private long spans;
  private long bytes;
  private boolean closed;

  private RecordingWriter(OutputStream requests, OutputStream times) {
    this.requests = requests;
    this.times = times;
  }

  /**
   * Begins a recording.
   *
   * @param zstd else gzip, which the readers take as well
   * @throws java.nio.file.FileAlreadyExistsException when there is one of these files
   */
  public static RecordingWriter create(Path file, boolean zstd) throws IOException {
    OutputStream raw = fresh(file);
    try {
      OutputStream packed =
          zstd ? new ZstdOutputStreamNoFinalizer(raw, LEVEL) : new GZIPOutputStream(raw);
      OutputStream times = new GZIPOutputStream(fresh(file.resolveSibling(Timetable.FILE)));
      RecordingWriter writer = new RecordingWriter(new BufferedOutputStream(packed), times);
      writer.row("request,flush_unix_nano,spans,bytes");
      return writer;
    } catch (IOException e) {
      raw.close();
      Files.delete(file);
      throw e;
    }
  }

  private static OutputStream fresh(Path file) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Adds one ExportTraceServiceRequest. */
  public void add(byte[] buffer, int offset, int length, int spansInIt, long unixNanos)
      throws IOException {
    int rest = length;
    for (; rest >= 0x80; rest >>>= 7) {
      requests.write(rest | 0x80);
    }
    requests.write(rest);
    requests.write(buffer, offset, length);
    row(count + "," + unixNanos + "," + spansInIt + "," + length);
    count++;
    spans += spansInIt;
    bytes += length;
  }

  private void row(String text) throws IOException {
    times.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  public long requests() {
    return count;
  }

  public long spans() {
    return spans;
  }

  /** Before compression. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (requests;
        times) {
      requests.flush();
    }
  }
}
