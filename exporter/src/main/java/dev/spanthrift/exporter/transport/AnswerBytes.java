package dev.spanthrift.exporter.transport;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** The body of an HTTP answer, bounded as it arrives and again when decompressed (specs.md C2). */
final class AnswerBytes {
  private final int bytesMax;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream(0);

  AnswerBytes(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The buffer stays the caller's. */
  void add(ByteBuf part) {
    if (part.readableBytes() > bytesMax - received.size()) {
      throw new TooLarge(bytesMax);
    }
    byte[] bytes = new byte[part.readableBytes()];
    part.getBytes(part.readerIndex(), bytes);
    received.write(bytes, 0, bytes.length);
  }

  /** We ask for no encoding, but a server may not care; an answer that cannot be read is empty. */
  byte[] bytes(boolean gzipped) {
    byte[] bytes = received.toByteArray();
    if (!gzipped || bytes.length == 0) {
      return bytes;
    }
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] read = plain.readNBytes(bytesMax);
      if (plain.read() >= 0) {
        throw new TooLarge(bytesMax);
      }
      return read;
    } catch (IOException e) {
      return new byte[0]; // the status says what became of the request
    }
  }

  /** An answer above the bound; without a stack trace, because the backend is to blame. */
  static final class TooLarge extends RuntimeException {
    TooLarge(int bytesMax) {
      super("answer exceeds " + bytesMax + " bytes", null, false, false);
    }
  }
}
