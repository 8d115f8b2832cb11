package dev.spanthrift.agent.simulation;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Requests in the order in which they came, with their times; can be read more than once. */
public interface RecordedTraffic {
  /** Number of requests, for progress. */
  int requests();

  /** Begins at the first request. */
  Reader open() throws IOException;

  /** One pass. */
  interface Reader extends AutoCloseable {
    /** The next ExportTraceServiceRequest; null at the end. The array is the caller's. */
    byte @Nullable [] next() throws IOException;

    /** When the request that {@link #next} gave had come; nanoseconds of any clock. */
    long nanos();

    @Override
    void close() throws IOException;
  }
}
