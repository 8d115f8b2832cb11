package dev.spanthrift.bench.speed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Hands out the workload's requests in order, pass after pass, each pass with trace ids of its own
 * and with the times of now. On one thread.
 */
final class Feed {
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private final Workload workload;
  private final boolean gzip;
  private final SplittableRandom random = new SplittableRandom();
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 crc = new CRC32();
  private final byte[] chunk = new byte[16 * 1024];
  private byte[] plain = new byte[0];
  private int next;
  private long key;
  private long shiftNanos;

  Feed(Workload workload, boolean gzip) {
    this.workload = workload;
    this.gzip = gzip;
    begin();
  }

  private void begin() {
    next = 0;
    key = random.nextLong();
    shiftNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - workload.start();
  }

  /** Spans of the request that {@link #write} will write next. */
  int spans() {
    return workload.requests().get(next).spans();
  }

  /** The next request, behind {@code prefix} bytes of room. */
  ByteBuf write(ByteBufAllocator allocator, int prefix) {
    Template template = workload.requests().get(next);
    ByteBuf out = allocator.directBuffer(prefix + template.bytes().length + 64).writeZero(prefix);
    if (gzip) {
      compress(allocator, template, out);
    } else {
      template.write(out, key, shiftNanos);
    }
    if (++next == workload.requests().size()) {
      begin();
    }
    return out;
  }

  private void compress(ByteBufAllocator allocator, Template template, ByteBuf out) {
    int length = template.bytes().length;
    if (plain.length < length) {
      plain = new byte[length];
    }
    ByteBuf fresh = allocator.heapBuffer(length);
    template.write(fresh, key, shiftNanos);
    fresh.readBytes(plain, 0, length);
    fresh.release();
    out.writeBytes(GZIP_HEADER);
    deflater.reset();
    deflater.setInput(plain, 0, length);
    deflater.finish();
    while (!deflater.finished()) {
      out.writeBytes(chunk, 0, deflater.deflate(chunk));
    }
    crc.reset();
    crc.update(plain, 0, length);
    out.writeIntLE((int) crc.getValue()).writeIntLE(length);
  }
}
