package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.Hash;
import dev.spanthrift.sampler.wire.Scanner;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording: a stream of ExportTraceServiceRequests, each behind its length as a varint.
 *
 * <p>The pod is the resource's {@code k8s.pod.name}, else {@code host.name} or {@code
 * service.instance.id}, with the service's name. Spans without a valid trace id are left out.
 */
public final class RecordingReader {
  private static final int SPANS_MAX = 1 << 20;
  private static final int MESSAGE_MAX = 64 << 20;

  private final RecordedColumns recording = new RecordedColumns();
  private final Scanner scanner = new Scanner(SPANS_MAX);
  private final FieldCursor resource = new FieldCursor();
  private final FieldCursor pair = new FieldCursor();
  private final FieldCursor any = new FieldCursor();

  /**
   * Reads all messages of a stream.
   *
   * @param flushTimes unix nanoseconds at which each message was sent, in order; 0 where not known:
   *     then the message's last span end stands for it
   */
  public static RecordedColumns read(InputStream stream, LongSupplier flushTimes)
      throws IOException {
    RecordingReader reader = new RecordingReader();
    byte[] buffer = new byte[1 << 16];
    long length = readVarint(stream);
    while (length >= 0) {
      if (length > MESSAGE_MAX) {
        throw new IOException("message of " + length + " bytes: not a recording");
      }
      buffer = buffer.length < length ? new byte[(int) length * 2] : buffer;
      if (stream.readNBytes(buffer, 0, (int) length) < length) {
        throw new EOFException("recording ends inside a message");
      }
      reader.add(buffer, (int) length, flushTimes.getAsLong());
      length = readVarint(stream);
    }
    return reader.recording;
  }

  private static long readVarint(InputStream stream) throws IOException {
    long result = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = stream.read();
      if (b < 0) {
        return -1;
      }
      result |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw new IOException("length of a message is no varint");
  }

  private void add(byte[] buffer, int length, long flushTime) {
    Batch batch = scanner.scan(buffer, 0, length);
    long flush = flushTime != 0 ? flushTime : lastEnd(batch);
    int scope = -1;
    long serviceHash = 0;
    int resourceBefore = -1;
    for (int row = 0; row < batch.size(); row++) {
      if (batch.scope(row) != scope) {
        scope = batch.scope(row);
        int at = batch.resourceOfScope(scope);
        if (at != resourceBefore) {
          resourceBefore = at;
          serviceHash = beginPart(batch.resources(), at, flush);
        }
      }
      if (batch.hasValidTraceId(row)) {
        addSpan(batch, row, serviceHash);
      }
    }
  }

  private static long lastEnd(Batch batch) {
    long last = 0;
    for (int row = 0; row < batch.size(); row++) {
      last = Math.max(last, batch.endNanos(row));
    }
    return last;
  }

  private long beginPart(Envelopes resources, int row, long flush) {
    String service = "";
    String pod = "";
    String host = "";
    resource.on(
        resources.messageBuffer(row), resources.messageOffset(row), resources.messageLength(row));
    while (resource.next()) {
      if (resource.field() == 1 && resource.isBytes()) {
        String key = readKey();
        switch (key) {
          case "service.name" -> service = value();
          case "k8s.pod.name" -> pod = value();
          case "host.name", "service.instance.id" -> host = value();
          default -> {}
        }
      }
    }
    recording.beginPart(service + "/" + (pod.isEmpty() ? host : pod), flush);
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    return Hash.of(name, 0, name.length);
  }

  private @Nullable String text;

  private String readKey() {
    String key = "";
    text = null;
    pair.on(resource.buffer(), resource.start(), resource.length());
    while (pair.next()) {
      if (pair.field() == 1 && pair.isBytes()) {
        key = string(pair);
      } else if (pair.field() == 2 && pair.isBytes()) {
        any.on(pair.buffer(), pair.start(), pair.length());
        while (any.next()) {
          text = any.field() == 1 && any.isBytes() ? string(any) : text;
        }
      }
    }
    return key;
  }

  private String value() {
    return text == null ? "" : text;
  }

  private static String string(FieldCursor at) {
    return new String(at.buffer(), at.start(), at.length(), StandardCharsets.UTF_8);
  }

  private void addSpan(Batch batch, int row, long serviceHash) {
    int span = recording.addSpan();
    recording.trace[span] = recording.traceOf(batch.traceIdHigh(row), batch.traceIdLow(row));
    recording.spanId[span] = batch.spanId(row);
    recording.parentId[span] = batch.parentSpanId(row);
    recording.startNanos[span] = batch.startNanos(row);
    recording.durationNanos[span] = batch.durationNanos(row);
    recording.operation[span] =
        recording.operations.intern(
            serviceHash, batch.buffer(), batch.nameOffset(row), batch.nameLength(row));
    boolean error = batch.isError(row);
    recording.signature[span] =
        error
            ? recording.signatures.intern(
                batch.buffer(), batch.body(row), batch.end(row) - batch.body(row))
            : ErrorSignatures.NONE;
    recording.flags[span] =
        (byte) ((error ? Fragment.ERROR : 0) | (batch.isLocalRoot(row) ? Fragment.LOCAL_ROOT : 0));
    recording.bytes[span] = batch.bytes(row);
  }
}
