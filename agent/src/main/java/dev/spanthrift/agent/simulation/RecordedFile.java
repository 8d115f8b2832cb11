package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.recording.RecordedRequests;
import dev.spanthrift.agent.recording.SpanEdit;
import dev.spanthrift.agent.recording.Timetable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A recording from a file, with the times that stand beside it, pauses and all. */
public final class RecordedFile implements RecordedTraffic {
  private final Path file;
  private final Timetable timetable;
  private final long idMask;

  private RecordedFile(Path file, Timetable timetable, long idMask) {
    this.file = file;
    this.timetable = timetable;
    this.idMask = idMask;
  }

  /**
   * Looks at a recording.
   *
   * @param idMask for all ids, which gives the traces other randomness; 0 leaves them
   * @throws IOException if the file cannot be read, is damaged or holds nothing
   */
  public static RecordedFile open(Path file, long idMask) throws IOException {
    Timetable timetable = Timetable.of(file, Long.MAX_VALUE);
    if (timetable.requests() == 0) {
      throw new IOException("holds no request");
    }
    return new RecordedFile(file, timetable, idMask);
  }

  @Override
  public int requests() {
    return timetable.requests();
  }

  @Override
  public Reader open() throws IOException {
    RecordedRequests recording = RecordedRequests.open(file);
    return new Reader() {
      private final SpanEdit edit = new SpanEdit();
      private int request = -1;

      @Override
      public byte @Nullable [] next() throws IOException {
        byte[] bytes = request + 1 < timetable.requests() ? recording.next() : null;
        if (bytes != null) {
          request++;
          if (idMask != 0) {
            edit.apply(bytes, 0, idMask);
          }
        }
        return bytes;
      }

      @Override
      public long nanos() {
        return timetable.sinceStartNanos(request);
      }

      @Override
      public void close() throws IOException {
        recording.close();
      }
    };
  }
}
