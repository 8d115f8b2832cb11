package dev.spanthrift.agent.recording;

import com.github.luben.zstd.ZstdInputStream;
import dev.spanthrift.exporter.ZstdLibrary;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of recorded requests, read one after the other.
 *
 * <p>Each is a varint length and then that many bytes of one ExportTraceServiceRequest; the whole
 * is compressed by zstd or gzip, or not at all.
 */
public final class RecordedRequests implements AutoCloseable {
  /** The largest request that OTLP recommends to accept. */
  private static final int REQUEST_BYTES_MAX = 64 << 20;

  private static final int ZSTD_MAGIC = 0x28B52FFD;
  private static final int GZIP_MAGIC = 0x1F8B;

  private final InputStream in;
  private long requests;

  private RecordedRequests(InputStream in) {
    this.in = in;
  }

  public static RecordedRequests open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      raw.mark(4);
      int magic = 0;
      for (int i = 0; i < 4; i++) {
        magic = magic << 8 | (raw.read() & 0xff);
      }
      raw.reset();
      return new RecordedRequests(new BufferedInputStream(unpacked(raw, magic), 1 << 16));
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static InputStream unpacked(InputStream raw, int magic) throws IOException {
    if (magic == ZSTD_MAGIC) {
      if (!ZstdLibrary.isAvailable()) {
        throw new IOException(ZstdLibrary.refusal().orElse(""));
      }
      return new ZstdInputStream(raw);
    }
    return magic >>> 16 == GZIP_MAGIC ? new GZIPInputStream(raw, 1 << 16) : raw;
  }

  /**
   * The next request, or null at the end.
   *
   * @throws IOException naming the request at which the file is damaged
   */
  public byte @Nullable [] next() throws IOException {
    int length = length();
    if (length < 0) {
      return null;
    }
    byte[] request = in.readNBytes(length);
    if (request.length < length) {
      String or = requests == 0 ? ": is this a recording?" : "";
      throw new EOFException("the file ends inside request " + requests + or);
    }
    requests++;
    return request;
  }

  private int length() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = in.read();
      if (next < 0) {
        if (shift == 0) {
          return -1;
        }
        throw new EOFException("the file ends inside the length of request " + requests);
      }
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        if (value > REQUEST_BYTES_MAX) {
          break;
        }
        return (int) value;
      }
    }
    throw new IOException("request " + requests + " is no request: is this a recording?");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
