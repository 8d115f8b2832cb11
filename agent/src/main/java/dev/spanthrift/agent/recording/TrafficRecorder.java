package dev.spanthrift.agent.recording;

import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what comes to OTLP ports and writes the traces of it into a recording, until the recording
 * is full or somebody ends it.
 */
public final class TrafficRecorder implements Intake {
  private static final int SPANS_PER_REQUEST_MAX = 1 << 20;
  private static final Admission FULL = new Admission.Overloaded(Duration.ofSeconds(1));

  private final RecordingWriter file;
  private final long bytesMax;
  private final Scanner scanner = new Scanner(SPANS_PER_REQUEST_MAX);
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable IOException failure;
  private long refused;
  private long others;

  /**
   * Ready for the ports.
   *
   * @param bytesMax of requests before compression
   */
  public TrafficRecorder(RecordingWriter file, long bytesMax) {
    this.file = file;
    this.bytesMax = bytesMax;
  }

  @Override
  public void arrived(Signal signal) {}

  @Override
  public synchronized <T> T ending(Signal signal, Supplier<T> becomes) {
    return becomes.get();
  }

  @Override
  public synchronized Admission offer(Signal signal, byte[] buffer, int offset, int length) {
    if (ended.getCount() == 0) {
      return FULL;
    }
    if (signal != Signal.TRACES) {
      others++;
      return Admission.ACCEPTED;
    }
    try {
      Batch batch = scanner.scan(buffer, offset, length);
      file.add(buffer, offset, length, batch.size(), System.currentTimeMillis() * 1_000_000);
    } catch (MalformedException | TooManySpansException bad) {
      refused++;
      return new Admission.Malformed(String.valueOf(bad.getMessage()));
    } catch (IOException e) {
      failure = e;
      ended.countDown();
      return FULL;
    }
    if (file.bytes() >= bytesMax) {
      ended.countDown();
    }
    return Admission.ACCEPTED;
  }

  @Override
  public Admission reserve(Signal signal, long bytes) {
    return ended.getCount() == 0 ? FULL : Admission.ACCEPTED;
  }

  @Override
  public synchronized void refused(Signal signal, Refusal reason) {
    refused++;
  }

  /** Waits until it is full or cannot be written; at most this long. */
  public void await(Duration atMost) throws InterruptedException {
    boolean unused = ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes nothing more; whoever waits goes on. */
  public void end() {
    ended.countDown();
  }

  /**
   * Takes nothing more and completes the file.
   *
   * @throws IOException when something of it could not be written
   */
  public synchronized void finish() throws IOException {
    ended.countDown();
    file.close();
    if (failure != null) {
      throw failure;
    }
  }

  /** Requests that were no traces: answered, and not recorded. */
  public synchronized long others() {
    return others;
  }

  /** Requests that were refused. */
  public synchronized long refused() {
    return refused;
  }
}
