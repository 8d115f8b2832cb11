package dev.spanthrift.agent.receive.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;

/**
 * What one event loop uses again from request to request: byte arrays and decompressors.
 *
 * <p>Not thread-safe; belongs to its thread. Keeps at most about 4 MiB; larger arrays are made for
 * one request and left to the collector, because they are rare and a sidecar's heap is small.
 */
public final class Workspace {
  /** Largest array that is kept. */
  static final int KEPT_BYTES = 1 << 20;

  private static final int SMALLEST_BYTES = 1 << 14;
  private static final int KEPT_PER_SIZE = 2;
  public static final int RECEIVED_BYTES = 1 << 16;
  private static final int REPLIES_BYTES = 1 << 13;
  private static final int SIZES = 4; // 16 KiB, 64 KiB, 256 KiB, 1 MiB

  private static final FastThreadLocal<Workspace> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Workspace initialValue() {
          return new Workspace();
        }

        @Override
        protected void onRemoval(Workspace workspace) {
          workspace.unpacker.close();
          workspace.received.release();
          workspace.replies.release();
        }
      };

  final Unpacker unpacker = new Unpacker();

  /** Requests that this thread has taken. */
  public long requests;

  private final ByteBuf received = Unpooled.directBuffer(RECEIVED_BYTES, RECEIVED_BYTES);
  private ByteBuf replies = Unpooled.directBuffer(REPLIES_BYTES);
  private byte[] scratch = new byte[SMALLEST_BYTES];
  private final ArrayDeque<byte[]>[] free;

  private Workspace() {
    @SuppressWarnings({"unchecked", "rawtypes"})
    ArrayDeque<byte[]>[] stacks = new ArrayDeque[SIZES];
    for (int i = 0; i < SIZES; i++) {
      stacks[i] = new ArrayDeque<>(KEPT_PER_SIZE);
    }
    free = stacks;
  }

  public static Workspace ofThread() {
    return OF_THREAD.get();
  }

  /**
   * A buffer to read from a socket into, to be released when it was read: the same one each time,
   * for handlers that keep nothing of it.
   */
  public ByteBuf received() {
    return received.refCnt() == 1
        ? received.clear().retain()
        : Unpooled.directBuffer(RECEIVED_BYTES, RECEIVED_BYTES);
  }

  /** A buffer for answers, to be written: the same one each time, once the last was sent. */
  public ByteBuf replies() {
    if (replies.refCnt() > 1) {
      return Unpooled.directBuffer(REPLIES_BYTES);
    }
    if (replies.capacity() > RECEIVED_BYTES) {
      replies.release();
      replies = Unpooled.directBuffer(REPLIES_BYTES);
    }
    return replies.clear().retain();
  }

  /** An array for one synchronous step, valid until the next call of this method. */
  public byte[] scratch(int bytes) {
    if (bytes <= scratch.length) {
      return scratch;
    }
    if (bytes > KEPT_BYTES) {
      return new byte[bytes];
    }
    scratch = new byte[SMALLEST_BYTES << (2 * sizeOf(bytes))];
    return scratch;
  }

  /** An array that lives longer than a step: give it back with {@link #giveBack}. */
  byte[] borrow(int bytes) {
    if (bytes > KEPT_BYTES) {
      return new byte[bytes];
    }
    int size = sizeOf(bytes);
    byte[] kept = free[size].pollLast();
    return kept != null ? kept : new byte[SMALLEST_BYTES << (2 * size)];
  }

  void giveBack(byte[] array) {
    if (array.length < SMALLEST_BYTES || array.length > KEPT_BYTES) {
      return;
    }
    int size = sizeOf(array.length);
    if (array.length == SMALLEST_BYTES << (2 * size) && free[size].size() < KEPT_PER_SIZE) {
      free[size].addLast(array);
    }
  }

  /** Index of the smallest kept size that holds so many bytes. */
  private static int sizeOf(int bytes) {
    int size = 0;
    while (SMALLEST_BYTES << (2 * size) < bytes) {
      size++;
    }
    return size;
  }
}
